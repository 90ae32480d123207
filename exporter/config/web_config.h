#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/web_options.h"

namespace xplenty {

// The content of the file of --web.config.file, in the format of Prometheus' exporter-toolkit.
struct WebConfig {
  // The paths of files that replace texts of `tls`, ready to be opened; empty: the text holds.
  struct TlsFiles {
    std::string certificate{};
    std::string key{};
    std::string client_ca{};
  };

  bool tls_enabled = false;    // False: the server speaks plain HTTP and `tls` is of no use.
  std::string tls_location{};  // "PATH:LINE:COLUMN" of tls_server_config, for errors in its files.
  TlsOptions tls{};
  TlsFiles tls_files{};
  bool http2_requested = false;  // The file sets http2: true. The server speaks HTTP/1.1 alone.
  WebRules rules{};
};

// Reads the file. `text` is its content and `path` its place: relative paths in it are taken from
// its folder. Checks everything but the files that it names. The error's message has a line
// "PATH:LINE:COLUMN: what" for each mistake that it has found.
Result<WebConfig> ParseWebConfig(std::string_view text, const std::string& path);

}  // namespace xplenty
