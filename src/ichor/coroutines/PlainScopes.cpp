#include <ichor/coroutines/PlainScopes.h>

#include <ichor/base/Containers.h>

#include <memory>
#include <utility>

namespace Ichor::Detail {

struct ScopeTable::Map {
    UnorderedMap<void const *, Scope *> scopes;
};

void ScopeTable::add(void const *object, Scope *scope) {
    if (_object == nullptr && _more == nullptr) {
        _object = object;
        _scope = scope;
        return;
    }
    auto fresh = _more == nullptr ? std::make_unique<Map>() : nullptr;
    Map &map = fresh == nullptr ? *_more : *fresh;
    map.scopes.insert_or_assign(object, scope);
    if (fresh != nullptr) _more = fresh.release();
}

void ScopeTable::remove(void const *object) noexcept {
    if (object == _object) {
        _object = nullptr;
        _scope = nullptr;
        return;
    }
    if (_more == nullptr) return;
    _more->scopes.erase(object);
    if (_more->scopes.empty()) delete std::exchange(_more, nullptr);
}

Scope *ScopeTable::findMore(void const *object) const noexcept {
    auto found = _more->scopes.find(object);
    return found == _more->scopes.end() ? nullptr : found->second;
}

} // namespace Ichor::Detail
