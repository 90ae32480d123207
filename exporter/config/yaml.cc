#include "config/yaml.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace xplenty {
namespace {

[[noreturn]] void Fail(const YAML::Mark& mark, const std::string& what) {
  throw YAML::ParserException(mark, what);
}

// Builds a tree from the parser's events.
class Builder final : public YAML::EventHandler {
 public:
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Fail(mark, "aliases are not supported: write the value out");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Add(Node(mark)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    YamlNode node = Node(mark);
    node.kind = YamlNode::Kind::kScalar;
    node.text = value;
    node.plain = tag == "?";
    if (IsKeyNext()) return TakeKey(mark, std::move(node));
    Add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Begin(mark, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { End(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Begin(mark, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { End(); }

 private:
  struct Open {
    YamlNode node;
    bool has_key = false;  // The node is a map, and its next event is a value.
    YamlNode key;
  };

  static YamlNode Node(const YAML::Mark& mark) {
    YamlNode node;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  bool IsKeyNext() const {
    return !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap &&
           !open_.back().has_key;
  }

  void TakeKey(const YAML::Mark& mark, YamlNode key) {
    Open& map = open_.back();
    if (std::ranges::find(map.node.items, key.text, &YamlNode::key) != map.node.items.end()) {
      Fail(mark, "key \"" + key.text + "\" is there twice");
    }
    map.key = std::move(key);
    map.has_key = true;
  }

  void Begin(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (IsKeyNext()) Fail(mark, "a key must be a text");
    YamlNode node = Node(mark);
    node.kind = kind;
    open_.push_back({.node = std::move(node), .has_key = false, .key = {}});
  }

  void End() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    Add(std::move(node));
  }

  void Add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::kMap) {
      if (!parent.has_key) {
        throw YAML::ParserException({}, "a key must be a text");  // The key is null.
      }
      parent.has_key = false;
      node.key = std::move(parent.key.text);
      node.line = parent.key.line;
      node.column = parent.key.column;
    }
    parent.node.items.push_back(std::move(node));
  }

  YamlNode root_;
  std::vector<Open> open_;
};

}  // namespace

Result<YamlNode> ParseYaml(std::string_view text, const std::string& file) {
  std::istringstream input{std::string(text)};
  Builder builder;
  try {
    YAML::Parser parser(input);
    parser.HandleNextDocument(builder);
    YamlNode root = builder.TakeRoot();
    Builder second;
    if (parser.HandleNextDocument(second)) {
      return Error{ErrorCode::kInvalidArgument, file + ": one YAML document is expected"};
    }
    return root;
  } catch (const YAML::Exception& failure) {
    YamlNode place;
    place.line = std::max(failure.mark.line, 0) + 1;
    place.column = std::max(failure.mark.column, 0) + 1;
    return ErrorAt(file, place, failure.msg);
  }
}

std::string LocationOf(const std::string& file, const YamlNode& node) {
  return file + ':' + std::to_string(node.line) + ':' + std::to_string(node.column);
}

Error ErrorAt(const std::string& file, const YamlNode& node, std::string_view what) {
  return Error{ErrorCode::kInvalidArgument, std::string(what)}.In(LocationOf(file, node));
}

}  // namespace xplenty
