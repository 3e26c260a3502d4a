#pragma once

#include <array>
#include <ichor/base/Containers.h>
#include <ichor/base/PieceAllocator.h>
#include <ichor/model/ServiceId.h>
#include <memory>
#include <type_traits>
#include <utility>

namespace Ichor::Detail {

/// Small values by service id. Ids are given in blocks, so neighbours share a page of 2^PAGE_BITS values, which a look-up for the next id
/// finds again without hashing; a page goes with its last value. V is cheap to copy, and false as a bool when it is nobody's.
///
/// Threads:   the manager's own
template <class V, unsigned PAGE_BITS>
class IdTable final {
public:
    IdTable() = default;
    /// Its pages lie in that memory, which outlives it.
    explicit IdTable(IPieceMemory &memory) : _allocator(memory) {}
    ~IdTable() { clear(); }
    IdTable(IdTable const &) = delete;
    IdTable &operator=(IdTable const &) = delete;

    /// V{} when there is none.
    [[nodiscard]] V find(ServiceId id) const noexcept {
        if (_lastPage != nullptr && _lastKey == id.value >> PAGE_BITS) [[likely]] {
            return _lastPage->values[id.value % PAGE_SIZE];
        }
        return findElsewhere(id);
    }

    /// Errors: std::bad_alloc, then nothing has changed.
    void set(ServiceId id, V value) {
        std::uint64_t const key = id.value >> PAGE_BITS;
        Page *&page = _pages[key];
        if (page == nullptr) {
            try {
                page = std::construct_at(_allocator.allocate(1));
            } catch (...) {
                _pages.erase(key);
                throw;
            }
        }
        V &place = page->values[id.value % PAGE_SIZE];
        if (!place) ++page->used;
        place = std::move(value);
    }

    /// Whether there was one.
    bool erase(ServiceId id) noexcept {
        std::uint64_t const key = id.value >> PAGE_BITS;
        auto const found = _pages.find(key);
        if (found == _pages.end()) return false;
        Page &page = *found->second;
        V &place = page.values[id.value % PAGE_SIZE];
        if (!place) return false;
        place = V{};
        if (--page.used > 0) return true;
        if (_lastKey == key) _lastPage = nullptr;
        _pages.erase(found);
        free(page);
        return true;
    }

    void clear() noexcept {
        _lastPage = nullptr;
        for (auto const &[key, page] : _pages) free(*page);
        _pages.clear();
    }

    /// In no particular order; the callee leaves the table as it is.
    template <class F>
    void forEach(F const &call) const {
        for (auto const &[key, page] : _pages) {
            for (V const &value : page->values) {
                if (value) call(value);
            }
        }
    }

private:
    static constexpr std::uint64_t PAGE_SIZE = std::uint64_t{1} << PAGE_BITS;

    struct Page {
        std::array<V, PAGE_SIZE> values{};
        std::size_t used = 0;
    };

    static_assert(std::is_nothrow_default_constructible_v<V>);

    void free(Page &page) noexcept {
        std::destroy_at(&page);
        _allocator.deallocate(&page, 1);
    }

    [[nodiscard]] V findElsewhere(ServiceId id) const noexcept {
        std::uint64_t const key = id.value >> PAGE_BITS;
        auto const found = _pages.find(key);
        if (found == _pages.end()) return V{};
        _lastKey = key;
        _lastPage = found->second;
        return _lastPage->values[id.value % PAGE_SIZE];
    }

    PieceAllocator<Page> _allocator;
    UnorderedMap<std::uint64_t, Page *> _pages;
    mutable std::uint64_t _lastKey = ~std::uint64_t{0}; // the page looked at last, which is mostly the one asked for next
    mutable Page *_lastPage = nullptr;
};

} // namespace Ichor::Detail
