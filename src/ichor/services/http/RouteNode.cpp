#include "RouteNode.h"

#include <algorithm>
#include <bit>

namespace Ichor::Detail {

RouteTable::Node &RouteTable::Node::makeExact(std::string_view segment) {
    if (Node *const child = exact(segment, hashOf(segment))) return *child;
    auto child = std::make_unique<Node>(this, std::string(segment));
    std::vector<Node *> buckets(std::bit_ceil((_children.size() + 1) * 2));
    _children.push_back(std::move(child));
    fillBuckets(buckets);
    _buckets.swap(buckets);
    return *_children.back();
}

void RouteTable::Node::fillBuckets(std::vector<Node *> &buckets) const noexcept {
    std::fill(buckets.begin(), buckets.end(), nullptr);
    for (auto const &child : _children) {
        std::size_t i = child->_hash & (buckets.size() - 1);
        while (buckets[i] != nullptr) i = (i + 1) & (buckets.size() - 1);
        buckets[i] = child.get();
    }
}

void RouteTable::Node::setRoute(RouteRef route) noexcept {
    HttpMethod const method = route->method();
    _methods = static_cast<std::uint16_t>(_methods | bitOf(method));
    _routes[static_cast<std::size_t>(method)] = std::move(route);
}

void RouteTable::Node::removeRoute(HttpMethod method) noexcept {
    _methods = static_cast<std::uint16_t>(_methods & ~bitOf(method));
    _routes[static_cast<std::size_t>(method)] = RouteRef();
}

void RouteTable::Node::detachRoutes() noexcept {
    for (RouteRef &route : _routes) {
        if (route) route->_table = nullptr;
    }
    for (auto const &child : _children) child->detachRoutes();
    if (_parameter) _parameter->detachRoutes();
    if (_wildcard) _wildcard->detachRoutes();
}

void RouteTable::Node::removeChild(Node &child) noexcept {
    if (_parameter.get() == &child) {
        _parameter.reset();
    } else if (_wildcard.get() == &child) {
        _wildcard.reset();
    } else {
        std::erase_if(_children, [&child](auto const &each) { return each.get() == &child; });
        if (_children.empty()) {
            _buckets.clear();
        } else {
            fillBuckets(_buckets);
        }
    }
}

} // namespace Ichor::Detail
