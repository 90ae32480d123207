# `cmake --install` and the Debian package install these files, in Debian's paths. The unit file names
# /usr/bin, so the prefix should be /usr; the configuration is always in /etc.
set(deploy ${PROJECT_SOURCE_DIR}/deploy)
set(data_dir share/xplenty_exporter)
set(doc_dir share/doc/xplenty-exporter)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS  # independent of the umask
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

install(TARGETS xplenty_exporter RUNTIME DESTINATION bin)
install(FILES ${deploy}/systemd/xplenty_exporter.service ${deploy}/systemd/xplenty_exporter.socket
        DESTINATION lib/systemd/system)
install(DIRECTORY ${deploy}/prometheus/rules DESTINATION ${data_dir}
        FILES_MATCHING PATTERN "xplenty-*.yml" PATTERN "*_test.yml" EXCLUDE)
install(DIRECTORY dashboards DESTINATION ${data_dir}
        FILES_MATCHING PATTERN "*.json" PATTERN src EXCLUDE)
install(FILES ${deploy}/completion/xplenty_exporter DESTINATION share/bash-completion/completions)
install(FILES ${deploy}/completion/_xplenty_exporter DESTINATION share/zsh/vendor-completions)
install(FILES README.md DESTINATION ${doc_dir})
install(DIRECTORY docs DESTINATION ${doc_dir} FILES_MATCHING PATTERN "*.md")
install(FILES ${deploy}/config/xplenty_exporter.yml DESTINATION ${doc_dir}/examples)
install(FILES ${deploy}/debian/copyright DESTINATION ${doc_dir})
install(FILES ${deploy}/debian/lintian-overrides DESTINATION share/lintian/overrides
        RENAME xplenty-exporter)

# The man page is made from the --help of the program that was just built. Debian wants the man page and
# the changelog compressed, with the same bytes in each build.
configure_file(${deploy}/debian/changelog.in changelog @ONLY)
install(CODE "
  execute_process(
    COMMAND sh -euc \"
      \\\"$<TARGET_FILE:xplenty_exporter>\\\" --help > help
      awk -v version='${PROJECT_VERSION}' -v more='${deploy}/man/sections.roff' \
        -f '${deploy}/man/man_page.awk' help | gzip -9n > xplenty_exporter.1.gz
      gzip -9nc changelog > changelog.gz\"
    WORKING_DIRECTORY \"${CMAKE_CURRENT_BINARY_DIR}\"
    COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/xplenty_exporter.1.gz DESTINATION share/man/man1)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz DESTINATION ${doc_dir})

# An existing settings file is not overwritten. In the package dpkg takes care of it, as a conffile.
install(CODE "
  set(settings \"\$ENV{DESTDIR}/etc/xplenty_exporter/xplenty_exporter.env\")
  if(NOT EXISTS \"\${settings}\")
    file(INSTALL \"${deploy}/systemd/xplenty_exporter.env\"
         DESTINATION /etc/xplenty_exporter
         PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)  # a proxy's URL may have a password
  endif()")
