#pragma once

#include "Route.h"
#include "RouteMatch.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace Ichor::Detail {

/// Which route a path belongs to. A tree of path segments: each segment is hashed once and looked up, so that the number of routes does
/// not matter. Exact segments go before `{name}`, that before a wildcard tail; where an exact one leads to nothing, the others are tried.
/// A look-up allocates nothing.
///
/// Threads:   the host's own
class RouteTable {
public:
    RouteTable();
    RouteTable(RouteTable const &) = delete;
    RouteTable &operator=(RouteTable const &) = delete;
    ~RouteTable();

    /// The pattern begins with '/'; a segment is text, `{name}`, or, as the last one, `*` or `{name*}`. "*" alone is for OPTIONS.
    ///
    /// Errors:    throws std::invalid_argument when the pattern is malformed, or the same is served already
    void add(RouteRef route);

    /// Nothing happens when it is not in this table.
    void remove(Route &route) noexcept;

    [[nodiscard]] RouteMatch find(HttpMethod method, std::string_view path) const noexcept;
    [[nodiscard]] bool isEmpty() const noexcept { return _size == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return _size; }

private:
    class Node;
    struct Search;

    [[nodiscard]] Node *nodeFor(std::vector<std::string> &names, std::string_view pattern);
    [[nodiscard]] static Node const *descend(Search &search, Node const &node, std::size_t at, std::size_t depth) noexcept;

    std::unique_ptr<Node> _root;
    std::size_t _size{0};
};

/// "GET, HEAD, OPTIONS".
[[nodiscard]] std::string allowText(std::uint16_t allowed);

} // namespace Ichor::Detail
