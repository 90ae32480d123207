#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "status_page/html.h"
#include "status_page/status_page.h"
#include "status_page/status_query.h"

namespace xplenty {

// The parts that the lists of the status page are made of. `kind` is a list of CSS classes; columns
// of the class "wide" disappear on a narrow screen.

// Returns a cell of a row.
Html Cell(const Html& content, std::string_view kind = "");
// Returns a cell with a number, which is "wide".
Html NumberCell(int64_t number);
// Returns the cell that names the row: the name of an account or package.
Html NameCell(std::string_view name);
// Returns the cell of a job: its id, as a link to its page if `link` is a URL of the web.
Html JobCell(int64_t id, std::string_view link);
// Returns the head of a column.
Html ColumnHead(std::string_view name, std::string_view kind = "");
// Returns a row. The id must be unique on the page.
Html Row(std::string_view id, const Html& cells);

// The column that names the account of a row. It is there if the page has several accounts. The
// page must outlive it.
class AccountColumn {
 public:
  // Makes the column for rows of that page.
  explicit AccountColumn(const StatusPage& page) : shown_(page.accounts.size() > 1) {}

  // Return the column's head, and its cell for a row of that account; both may be empty.
  Html Head() const;
  Html CellOf(const StatusPage::Account& account) const;

  // Returns the id of the row of a job or package; `id` is unique in the account.
  std::string RowId(std::string_view what, const StatusPage::Account& account,
                    std::string_view id) const;

 private:
  const bool shown_;
};

// The part of a list that one page of it shows. Pages are counted from 1.
struct ListPart {
  size_t page{};  // The one that the query asks for, or the last one if there are fewer.
  size_t pages{};
  size_t all{};    // Rows of the whole list.
  size_t begin{};  // Rows `begin` to `end` of the sorted list are shown.
  size_t end{};
};

// Returns which part of a list of that length the query asks for.
ListPart PartOf(size_t rows, StatusList list, const StatusQuery& query);

// Sorts the rows that the query asks for and drops the others. Takes linear time for those.
template <typename Item, typename Less>
ListPart KeepPart(std::vector<Item>& rows, StatusList list, const StatusQuery& query, Less less) {
  const ListPart part = PartOf(rows.size(), list, query);
  const auto at = [&](size_t index) { return rows.begin() + static_cast<ptrdiff_t>(index); };
  std::partial_sort(rows.begin(), at(part.end), rows.end(), less);
  rows.erase(at(part.end), rows.end());
  rows.erase(rows.begin(), at(part.begin));
  return part;
}

// The words and rows of one list.
struct ListContent {
  std::string_view title;
  std::string_view if_empty;  // The sentence that stands for an empty list.
  Html head{};                // The heads of the columns.
  Html rows{};
};

// Returns the list as a section: a heading, the rows, and links to the other parts of the list.
Html ListSection(StatusList list, const ListContent& content, const ListPart& part,
                 const StatusQuery& query);

}  // namespace xplenty
