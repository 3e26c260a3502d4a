#include "RouteTable.h"

#include "RouteNode.h"

#include <algorithm>
#include <stdexcept>

namespace Ichor::Detail {

namespace {

[[noreturn]] void refusePattern(std::string_view pattern, std::string_view why) {
    throw std::invalid_argument("the route pattern \"" + std::string(pattern) + "\" " + std::string(why));
}

// The end of the segment that begins at `at`, which is the next slash or the end of the path.
std::size_t endOfSegment(std::string_view path, std::size_t at) noexcept { return std::min(path.find('/', at), path.size()); }

TextRange rangeOf(std::size_t at, std::size_t end) noexcept {
    return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - at)};
}

bool isAnswered(std::uint16_t methods, HttpMethod method) noexcept {
    if ((methods & bitOf(method)) != 0) return true;
    return method == HttpMethod::head && (methods & bitOf(HttpMethod::get)) != 0;
}

} // namespace

std::string_view RouteMatch::value(std::string_view path, std::string_view name) const noexcept {
    auto const &names = route->parameterNames();
    for (std::size_t i = 0; i < valueCount; ++i) {
        if (names[i] == name) return path.substr(values[i].at, values[i].size);
    }
    return {};
}

RouteTable::RouteTable() : _root(std::make_unique<Node>(nullptr, std::string())) {}

RouteTable::~RouteTable() { _root->detachRoutes(); }

void RouteTable::add(RouteRef route) {
    std::string_view const pattern = route->pattern();
    Node *const node = nodeFor(route->_parameterNames, pattern);
    if (Route const *other = node->route(route->method())) {
        throw std::invalid_argument(std::string(toString(route->method())) + " \"" + std::string(pattern) +
                                    "\" is served already, by the route \"" + std::string(other->pattern()) + '"');
    }
    route->_table = this;
    node->setRoute(std::move(route));
    ++_size;
}

RouteTable::Node *RouteTable::nodeFor(std::vector<std::string> &names, std::string_view pattern) {
    names.clear();
    if (pattern == "*") return &_root->makeExact(pattern);
    if (!pattern.starts_with('/')) refusePattern(pattern, "does not begin with '/'");
    // First everything that can be wrong, so that a pattern which is refused leaves nothing behind in the tree.
    bool isAtEnd = false;
    for (std::size_t at = 1; at <= pattern.size(); at = endOfSegment(pattern, at) + 1) {
        std::string_view segment = pattern.substr(at, endOfSegment(pattern, at) - at);
        if (isAtEnd) refusePattern(pattern, "goes on behind its wildcard, which takes the rest of the path");
        if (segment == "*") {
            names.emplace_back("*");
            isAtEnd = true;
        } else if (segment.starts_with('{') && segment.ends_with('}')) {
            segment = segment.substr(1, segment.size() - 2);
            isAtEnd = segment.ends_with('*');
            if (isAtEnd) segment.remove_suffix(1);
            if (segment.empty()) refusePattern(pattern, "has a parameter without a name");
            if (std::find(names.begin(), names.end(), segment) != names.end()) refusePattern(pattern, "has two parameters of one name");
            names.emplace_back(segment);
        } else if (segment.find_first_of("{}*") != std::string_view::npos) {
            refusePattern(pattern, "has '{', '}' or '*' inside of a segment: a parameter is a whole one");
        }
        if (names.size() > MAXIMUM_ROUTE_PARAMETERS) refusePattern(pattern, "has more than eight parameters");
    }
    Node *node = _root.get();
    for (std::size_t at = 1; at <= pattern.size(); at = endOfSegment(pattern, at) + 1) {
        std::string_view const segment = pattern.substr(at, endOfSegment(pattern, at) - at);
        if (segment == "*" || segment.ends_with("*}")) {
            node = &node->makeWildcard();
        } else if (segment.starts_with('{')) {
            node = &node->makeParameter();
        } else {
            node = &node->makeExact(segment);
        }
    }
    return node;
}

void RouteTable::remove(Route &route) noexcept {
    if (route._table != this) return;
    route._table = nullptr;
    --_size;
    Node *node = _root.get();
    std::string_view const pattern = route.pattern();
    if (pattern == "*") {
        node = node->exact(pattern, hashOf(pattern));
    } else {
        for (std::size_t at = 1; at <= pattern.size(); at = endOfSegment(pattern, at) + 1) {
            std::string_view const segment = pattern.substr(at, endOfSegment(pattern, at) - at);
            if (segment == "*" || segment.ends_with("*}")) {
                node = node->wildcard();
            } else {
                node = segment.starts_with('{') ? node->parameter() : node->exact(segment, hashOf(segment));
            }
        }
    }
    // The last share may go with the node's, and the route's pattern with it.
    node->removeRoute(route.method());
    while (node->isUseless() && node->parent() != nullptr) {
        Node *const parent = node->parent();
        parent->removeChild(*node);
        node = parent;
    }
}

struct RouteTable::Search {
    std::string_view path;
    HttpMethod method;
    RouteMatch match;
};

// Each node is visited at most once, and in practice only those on one way down: a second way is open only where an exact segment and a
// parameter stand side by side.
RouteTable::Node const *RouteTable::descend(Search &search, Node const &node, std::size_t at, std::size_t depth) noexcept {
    auto const accept = [&search](Node const &candidate, std::size_t values) -> Node const * {
        if (!candidate.hasRoutes()) return nullptr;
        search.match.allowed = static_cast<std::uint16_t>(search.match.allowed | candidate.methods());
        if (!isAnswered(candidate.methods(), search.method)) return nullptr;
        search.match.valueCount = static_cast<std::uint8_t>(values);
        return &candidate;
    };
    if (at > search.path.size()) return accept(node, depth);
    std::size_t const end = endOfSegment(search.path, at);
    std::string_view const segment = search.path.substr(at, end - at);
    if (Node const *const exact = node.exact(segment, hashOf(segment))) {
        if (Node const *const found = descend(search, *exact, end + 1, depth)) return found;
    }
    if (Node const *const parameter = node.parameter(); parameter != nullptr && !segment.empty()) {
        search.match.values[depth] = rangeOf(at, end);
        if (Node const *const found = descend(search, *parameter, end + 1, depth + 1)) return found;
    }
    if (Node const *const wildcard = node.wildcard()) {
        search.match.values[depth] = rangeOf(at, search.path.size());
        return accept(*wildcard, depth + 1);
    }
    return nullptr;
}

RouteMatch RouteTable::find(HttpMethod method, std::string_view path) const noexcept {
    Search search{path, method, {}};
    bool const isAsterisk = path == "*";
    Node const *const node = descend(search, *_root, isAsterisk ? 0 : 1, 0);
    if (node != nullptr) {
        search.match.kind = RouteMatch::Kind::FOUND;
        search.match.route = node->route(method) != nullptr ? node->route(method) : node->route(HttpMethod::get);
    } else if (search.match.allowed != 0) {
        search.match.kind = RouteMatch::Kind::METHOD_NOT_ALLOWED;
    }
    if ((search.match.allowed & bitOf(HttpMethod::get)) != 0) {
        search.match.allowed = static_cast<std::uint16_t>(search.match.allowed | bitOf(HttpMethod::head));
    }
    if (search.match.allowed != 0) {
        search.match.allowed = static_cast<std::uint16_t>(search.match.allowed | bitOf(HttpMethod::options));
    }
    return search.match;
}

std::string allowText(std::uint16_t allowed) {
    std::string text;
    for (std::size_t i = 0; i < HTTP_METHOD_COUNT; ++i) {
        auto const method = static_cast<HttpMethod>(i);
        if ((allowed & bitOf(method)) == 0) continue;
        if (!text.empty()) text.append(", ");
        text.append(toString(method));
    }
    return text;
}

} // namespace Ichor::Detail
