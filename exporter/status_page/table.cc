#include "status_page/table.h"

#include "base/ascii.h"
#include "status_page/status_cells.h"

namespace xplenty {
namespace {

constexpr size_t RowsPerPage(StatusList list) {
  return list == StatusList::kFailures ? 10 : 25;
}

Html Pager(const std::string& list_name, StatusList list, const ListPart& part,
           const StatusQuery& query) {
  if (part.pages == 1) return {};
  const auto link = [&](size_t page, std::string_view rel, std::string_view text) {
    if (page < 1 || page > part.pages) return Html();
    const std::string target = query.WithPage(list, page).Link() + "#" + list_name;
    return Html::Element("a", {{"href", target}, {"rel", rel}}, Html::Text(text));
  };
  const std::string position =
      "Page " + std::to_string(part.page) + " of " + std::to_string(part.pages);
  return Html::Element("nav", {{"class", "pager"}, {"aria-label", "Pages of " + list_name}},
                       link(part.page - 1, "prev", "Previous") +
                           Html::Element("span", Html::Text(position)) +
                           link(part.page + 1, "next", "Next"));
}

}  // namespace

Html Cell(const Html& content, std::string_view kind) {
  if (kind.empty()) return Html::Element("td", content);
  return Html::Element("td", {{"class", kind}}, content);
}

Html NumberCell(int64_t number) {
  return Cell(Html::Text(GroupedNumber(number)), "number wide");
}

Html NameCell(std::string_view name) {
  return Html::Element("th", {{"scope", "row"}}, Html::Text(name));
}

Html JobCell(int64_t id, std::string_view link) {
  return Cell(Html::WebLink(link, std::to_string(id)), "number");
}

Html ColumnHead(std::string_view name, std::string_view kind) {
  return Html::Element("th", {{"scope", "col"}, {"class", kind}}, Html::Text(name));
}

Html Row(std::string_view id, const Html& cells) {
  return Html::Element("tr", {{"id", id}}, cells);
}

Html AccountColumn::Head() const {
  return shown_ ? ColumnHead("Account") : Html();
}

Html AccountColumn::CellOf(const StatusPage::Account& account) const {
  return shown_ ? Cell(Html::Text(account.name)) : Html();
}

std::string AccountColumn::RowId(std::string_view what, const StatusPage::Account& account,
                                 std::string_view id) const {
  std::string row = std::string(what) + "-";
  if (shown_) row += PercentEncode(account.name) + "-";
  return row.append(id);
}

ListPart PartOf(size_t rows, StatusList list, const StatusQuery& query) {
  const size_t size = RowsPerPage(list);
  const size_t pages = std::max<size_t>(1, (rows + size - 1) / size);
  const size_t page = std::min(query.page(list), pages);
  const size_t begin = (page - 1) * size;
  return {.page = page,
          .pages = pages,
          .all = rows,
          .begin = begin,
          .end = std::min(begin + size, rows)};
}

Html ListSection(StatusList list, const ListContent& content, const ListPart& part,
                 const StatusQuery& query) {
  const std::string name(ToString(list));
  const std::string heading = name + "-heading";
  const std::string count = GroupedNumber(static_cast<int64_t>(part.all));
  Html section = Html::Element("h2", {{"id", heading}},
                               Html::Text(content.title) + Html::Text(" ") +
                                   Html::Element("span", {{"class", "count"}}, Html::Text(count)));
  if (part.all == 0) {
    const bool filtered = !query.filter.empty();
    section +=
        Html::Element("p", Html::Text(filtered ? "No name matches the filter." : content.if_empty));
  } else {
    const Html table = Html::Element("table", {{"aria-labelledby", heading}},
                                     Html::Element("thead", Html::Element("tr", content.head)) +
                                         Html::Element("tbody", content.rows));
    // A table that is too wide scrolls by itself, and by keyboard, too.
    section += Html::Element(
        "div",
        {{"class", "scroll"}, {"tabindex", "0"}, {"role", "group"}, {"aria-labelledby", heading}},
        table);
    section += Pager(name, list, part, query);
  }
  return Html::Element("section", {{"id", name}, {"aria-labelledby", heading}}, section);
}

}  // namespace xplenty
