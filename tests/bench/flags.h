#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace xplenty::bench {

// Reads `--name=value` arguments, and switches (`--name`), since CLI11 would take longer to compile
// than these programs. Throws std::invalid_argument, with the list of flags, on anything else.
class Flags {
 public:
  // `defaults` has all flags; the default of a flag that must be given is "required".
  Flags(int argc, char** argv, std::map<std::string, std::string> defaults)
      : values_(std::move(defaults)) {
    for (int i = 1; i < argc; ++i) {
      const std::string argument = argv[i];
      const size_t equals = argument.find('=');
      const std::string name = argument.substr(0, equals);
      const auto flag = values_.find(name);
      if (flag == values_.end()) throw std::invalid_argument("no flag " + name + Known());
      flag->second = equals == std::string::npos ? "1" : argument.substr(equals + 1);
    }
    for (const auto& [name, value] : values_) {
      if (value == "required") throw std::invalid_argument(name + " is missing" + Known());
    }
  }

  const std::string& Text(const std::string& name) const { return values_.at(name); }

  bool Given(const std::string& name) const { return !Text(name).empty(); }

  double Number(const std::string& name, double least, double most) const {
    const std::string& text = Text(name);
    size_t used = 0;
    double number = 0;
    try {
      number = std::stod(text, &used);
    } catch (const std::logic_error&) {
      used = std::string::npos;
    }
    if (used != text.size() || !(number >= least && number <= most)) {
      throw std::invalid_argument(name + "=" + text + " is not from " + std::to_string(least) +
                                  " to " + std::to_string(most));
    }
    return number;
  }

  template <typename Integer>
  Integer Count(const std::string& name, double least, double most) const {
    return static_cast<Integer>(Number(name, least, most));
  }

 private:
  std::string Known() const {
    std::string known = "; flags:";
    for (const auto& [name, value] : values_) known += " " + name + "=" + value;
    return known;
  }

  std::map<std::string, std::string> values_;
};

}  // namespace xplenty::bench
