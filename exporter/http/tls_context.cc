#include "http/tls_context.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace xplenty {
namespace {

// A BIO over the socket whose calls do not raise SIGPIPE.
int ReadSocket(BIO* bio, char* into, int size) {
  const int fd = *static_cast<const int*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t result = ::recv(fd, into, static_cast<size_t>(size), 0);
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(result);
}

int WriteSocket(BIO* bio, const char* from, int size) {
  const int fd = *static_cast<const int*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t result = ::send(fd, from, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(result);
}

long ControlSocket(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio Memory(std::string_view text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

// Refuses an encrypted key instead of asking for a password at the terminal.
int NoPassword(char*, int, int, void*) {
  return -1;
}

Error TlsError(std::string_view what) {
  const unsigned long code = ERR_peek_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  std::string message(what);
  if (reason != nullptr) message += std::string(": ") + reason;
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

// Returns all certificates of a PEM text; nothing if one of them is broken.
std::vector<Certificate> ReadCertificates(std::string_view pem) {
  std::vector<Certificate> certificates;
  const Bio bio = Memory(pem);
  while (true) {
    Certificate next(PEM_read_bio_X509(bio.get(), nullptr, &NoPassword, nullptr), &X509_free);
    if (!next) break;
    certificates.push_back(std::move(next));
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return {};
  ERR_clear_error();
  return certificates;
}

std::string_view View(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

// Formats an address of 4 or 16 bytes; "" for another length.
std::string Address(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  if (family == AF_INET6 && bytes.size() != sizeof(in6_addr)) return {};
  return ::inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr ? "" : text.data();
}

bool HasAllowedSan(X509* certificate, const std::vector<std::string>& allowed) {
  using NamesList = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;
  const NamesList names(static_cast<GENERAL_NAMES*>(
                            X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
                        &GENERAL_NAMES_free);
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    int type = 0;
    const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    std::string name;
    if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI) {
      name = View(static_cast<const ASN1_STRING*>(value));
    } else if (type == GEN_IPADD) {
      name = Address(View(static_cast<const ASN1_STRING*>(value)));
    }
    if (!name.empty() && std::ranges::find(allowed, name) != allowed.end()) return true;
  }
  return false;
}

constexpr std::string_view kDefaultCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// TLS before 1.2 has other suites, and hashes that OpenSSL disables by default.
constexpr std::string_view kOldCiphers = ":ECDHE+AES";
constexpr std::string_view kOldLevel = ":@SECLEVEL=0";
constexpr const char* kDefaultGroups = "X25519:P-256:P-384:P-521";

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::Create(const TlsOptions& options) {
  ERR_clear_error();
  const std::shared_ptr<TlsContext> made(new TlsContext(options));
  if (made->context_ == nullptr || made->bio_method_ == nullptr) return TlsError("TLS");
  RETURN_IF_ERROR(made->Load(options));
  return std::shared_ptr<const TlsContext>(made);
}

TlsContext::TlsContext(const TlsOptions& options)
    : allowed_sans_(options.allowed_sans),
      verify_client_(options.verify_client),
      bio_method_(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket")),
      context_(SSL_CTX_new(TLS_server_method())) {}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
  BIO_meth_free(bio_method_);
}

ssl_st* TlsContext::NewConnection(const int* fd) const {
  SSL* const ssl = SSL_new(context_);
  BIO* const bio = BIO_new(bio_method_);
  if (ssl == nullptr || bio == nullptr) {
    SSL_free(ssl);
    BIO_free(bio);
    return nullptr;
  }
  BIO_set_data(bio, const_cast<int*>(fd));  // read only
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_accept_state(ssl);
  return ssl;
}

Status TlsContext::Load(const TlsOptions& options) {
  BIO_meth_set_read(bio_method_, &ReadSocket);
  BIO_meth_set_write(bio_method_, &WriteSocket);
  BIO_meth_set_ctrl(bio_method_, &ControlSocket);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context_, 0);
  SSL_CTX_set_options(context_, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                    SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (options.prefer_server_ciphers) {
    SSL_CTX_set_options(context_, SSL_OP_CIPHER_SERVER_PREFERENCE);
  }
  // A write is retried from another buffer; idle connections keep no buffers.
  SSL_CTX_set_mode(context_, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  RETURN_IF_ERROR(LoadCiphers(options));
  RETURN_IF_ERROR(LoadCertificate(options));
  return LoadClientRules(options);
}

Status TlsContext::LoadCiphers(const TlsOptions& options) {
  std::string ciphers;
  for (const std::string& suite : options.cipher_suites) {
    const std::string_view name = OPENSSL_cipher_name(suite.c_str());
    if (name == "(NONE)") return TlsError("unknown cipher: " + suite);
    if (name.starts_with("TLS_")) continue;  // a suite of TLS 1.3
    if (!ciphers.empty()) ciphers += ':';
    ciphers += name;
  }
  int min_minor = options.min_minor;
  if (ciphers.empty() && !options.cipher_suites.empty()) {
    min_minor = 3;  // no other version has a suite left
    if (options.max_minor < min_minor) return TlsError("cipher_suites has none for max_version");
  }
  const bool old = min_minor < 2;
  if (ciphers.empty()) ciphers = std::string(kDefaultCiphers) + std::string(old ? kOldCiphers : "");
  if (old) ciphers += kOldLevel;
  if (SSL_CTX_set_min_proto_version(context_, TLS1_VERSION + min_minor) != 1 ||
      SSL_CTX_set_max_proto_version(context_, TLS1_VERSION + options.max_minor) != 1) {
    return TlsError("min_version, max_version");
  }
  if (SSL_CTX_set_cipher_list(context_, ciphers.c_str()) != 1) return TlsError("cipher_suites");
  std::string groups;
  for (const std::string& group : options.groups) groups += (groups.empty() ? "" : ":") + group;
  if (groups.empty()) groups = kDefaultGroups;
  if (SSL_CTX_ctrl(context_, SSL_CTRL_SET_GROUPS_LIST, 0, groups.data()) != 1) {
    return TlsError("curve_preferences");
  }
  return OkStatus();
}

Status TlsContext::LoadCertificate(const TlsOptions& options) {
  const std::vector<Certificate> chain = ReadCertificates(options.certificate);
  if (chain.empty()) return TlsError("cert: not a PEM file with a certificate");
  if (SSL_CTX_use_certificate(context_, chain.front().get()) != 1) return TlsError("cert");
  for (size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_ctrl(context_, SSL_CTRL_CHAIN_CERT, 1, chain[i].get()) != 1)
      return TlsError("cert");
  }
  const Bio bio = Memory(options.key.Reveal());
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassword, nullptr), &EVP_PKEY_free);
  if (!key) return TlsError("key: not a PEM file with a private key that needs no password");
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    return TlsError("the key is not that of the certificate");
  }
  if (SSL_CTX_use_PrivateKey(context_, key.get()) != 1) return TlsError("key");
  return OkStatus();
}

Status TlsContext::LoadClientRules(const TlsOptions& options) {
  if (!options.client_ca.empty()) {
    const std::vector<Certificate> authorities = ReadCertificates(options.client_ca);
    if (authorities.empty()) return TlsError("client_ca: not a PEM file with certificates");
    for (const Certificate& authority : authorities) {
      if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), authority.get()) != 1 ||
          SSL_CTX_add_client_CA(context_, authority.get()) != 1) {
        return TlsError("client_ca");
      }
    }
  }
  int mode = options.request_client_cert ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
  if (options.require_client) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context_, mode, nullptr);
  SSL_CTX_set_cert_verify_callback(context_, &TlsContext::VerifyClient, this);
  return OkStatus();
}

int TlsContext::VerifyClient(x509_store_ctx_st* store, void* self) {
  const auto& context = *static_cast<const TlsContext*>(self);
  if (context.verify_client_ && X509_verify_cert(store) != 1) return 0;
  if (!context.allowed_sans_.empty() &&
      !HasAllowedSan(X509_STORE_CTX_get0_cert(store), context.allowed_sans_)) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

}  // namespace xplenty
