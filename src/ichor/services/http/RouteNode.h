#pragma once

#include "RouteTable.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace Ichor::Detail {

[[nodiscard]] inline std::uint32_t hashOf(std::string_view segment) noexcept {
    std::uint32_t hash = 2166136261u;
    for (char c : segment) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

/// What may follow one prefix of paths.
class RouteTable::Node {
public:
    Node(Node *parent, std::string text) : _parent(parent), _text(std::move(text)), _hash(hashOf(_text)) {}

    [[nodiscard]] Node *exact(std::string_view segment, std::uint32_t hash) const noexcept {
        if (_buckets.empty()) return nullptr;
        for (std::size_t i = hash;; ++i) {
            Node *const child = _buckets[i & (_buckets.size() - 1)];
            if (child == nullptr || (child->_hash == hash && child->_text == segment)) return child;
        }
    }
    [[nodiscard]] Node *parameter() const noexcept { return _parameter.get(); }
    [[nodiscard]] Node *wildcard() const noexcept { return _wildcard.get(); }

    [[nodiscard]] Node &makeExact(std::string_view segment);
    [[nodiscard]] Node &makeParameter() { return make(_parameter); }
    [[nodiscard]] Node &makeWildcard() { return make(_wildcard); }

    [[nodiscard]] Route *route(HttpMethod method) const noexcept { return _routes[static_cast<std::size_t>(method)].get(); }
    [[nodiscard]] bool hasRoutes() const noexcept { return _methods != 0; }
    [[nodiscard]] std::uint16_t methods() const noexcept { return _methods; }
    void setRoute(RouteRef route) noexcept;
    void removeRoute(HttpMethod method) noexcept;
    void detachRoutes() noexcept;

    [[nodiscard]] bool isUseless() const noexcept { return _methods == 0 && _children.empty() && !_parameter && !_wildcard; }
    [[nodiscard]] Node *parent() const noexcept { return _parent; }
    void removeChild(Node &child) noexcept;

private:
    [[nodiscard]] Node &make(std::unique_ptr<Node> &child) {
        if (!child) child = std::make_unique<Node>(this, std::string());
        return *child;
    }
    void fillBuckets(std::vector<Node *> &buckets) const noexcept;

    Node *_parent; // nullptr: the root
    std::string _text;
    std::uint32_t _hash;
    std::uint16_t _methods{0};
    std::vector<std::unique_ptr<Node>> _children;
    std::vector<Node *> _buckets; // of the children, by hash with linear probing; a power of two, at least twice as many
    std::unique_ptr<Node> _parameter;
    std::unique_ptr<Node> _wildcard;
    std::array<RouteRef, HTTP_METHOD_COUNT> _routes;
};

} // namespace Ichor::Detail
