#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

struct bio_method_st;
struct ssl_ctx_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace xplenty {

struct TlsOptions {
  std::string certificate{};                // PEM, the server's first, then its issuers
  Secret key{};                             // PEM
  std::string client_ca{};                  // PEM; empty: none
  bool ask_client = false;                  // for a certificate,
  bool require_client = false;              // refuse the client without one,
  bool verify_client = false;               // and check it against client_ca
  std::vector<std::string> allowed_sans{};  // of which a client's certificate needs one; empty: any
  int min_minor = 2;                        // TLS 1.min_minor is the lowest version, 0 to 3
  int max_minor = 3;
  std::vector<std::string> cipher_suites{};  // IANA's names; of TLS 1.3 all are on; empty: default
  std::vector<std::string> groups{};         // "P-256", "X25519"; empty: default
  bool prefer_server_ciphers = true;
};

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
