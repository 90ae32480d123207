#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/web_options.h"

struct bio_method_st;
struct ssl_ctx_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace xplenty {

// The common state of the server's TLS connections. Immutable; safe from any thread. Sessions are
// not resumed, so each connection is checked against the current certificates and rules.
class TlsContext {
 public:
  // Errors name the option (by its name in a web config) and OpenSSL's reason.
  static Result<std::shared_ptr<const TlsContext>> Create(const TlsOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Makes OpenSSL's state of a new connection over `*fd`, to be freed by the caller; null if out of
  // memory. The context and `fd` must outlive it. It never raises SIGPIPE.
  ssl_st* NewConnection(const int* fd) const;

 private:
  explicit TlsContext(const TlsOptions& options);

  Status Load(const TlsOptions& options);
  Status LoadCertificate(const TlsOptions& options);
  Status LoadClientRules(const TlsOptions& options);
  Status LoadCiphers(const TlsOptions& options);
  static int VerifyClient(x509_store_ctx_st* store, void* self);

  const std::vector<std::string> allowed_sans_;
  const bool verify_client_;
  bio_method_st* bio_method_;
  ssl_ctx_st* context_;
};

}  // namespace xplenty
