# The Debian package: `cpack --preset release`. The file's name and version follow from project().
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME xplenty-exporter)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "xplenty_exporter maintainers <maintainers@xplenty-exporter.invalid>")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "\
It exports which jobs run, wait and have failed, how long they took and how
many records they wrote, per package and cluster. Every finished job is
counted exactly once, across retries, crashes and restarts.
.
Rules and dashboards are in /usr/share/xplenty_exporter. The service is not
started before its account has been configured in /etc/xplenty_exporter.")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# dpkg-shlibdeps finds the libraries. Without certificate authorities the exporter could trust no API.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS prometheus)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(file conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/deploy/debian/${file})
endforeach()
include(CPack)
