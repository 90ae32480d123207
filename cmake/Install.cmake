include(GNUInstallDirs)
install(TARGETS xplenty_exporter RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
