#pragma once

#include <array>
#include <ichor/base/Containers.h>
#include <ichor/base/IntrusiveList.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <memory>
#include <vector>

namespace Ichor::Detail {

/// Who exists. Found by id in constant time; listed in the order in which services last became ACTIVE.
///
/// Ids count up through the whole process and are never reused. A table takes them in blocks, so that it can tell, from few numbers,
/// a service that has gone from one of another manager. Its services lie in pages: a page covers 256 neighbouring ids and is freed with
/// its last service.
///
/// Threads: the manager's own
class ServiceTable final {
public:
    using List = IntrusiveList<ServiceRecord, &ServiceRecord::tableHook>;

    ServiceTable() = default;
    ServiceTable(ServiceTable const &) = delete;
    ServiceTable &operator=(ServiceTable const &) = delete;

    /// An id for a new service. Errors: std::bad_alloc
    [[nodiscard]] ServiceId nextId();
    /// Whether this table gave that id to a service, which may be gone.
    [[nodiscard]] bool hasGiven(ServiceId id) const noexcept;

    /// Does not own the record. Errors: std::bad_alloc, then nothing has changed.
    void insert(ServiceRecord &record);
    void erase(ServiceRecord &record) noexcept;
    [[nodiscard]] ServiceRecord *find(ServiceId id) const noexcept {
        if (_lastPage != nullptr && _lastKey == id.value >> PAGE_BITS) [[likely]] {
            return _lastPage->records[id.value % PAGE_SIZE];
        }
        return findElsewhere(id);
    }

    void moveToBack(ServiceRecord &record) noexcept {
        _list.remove(record);
        _list.pushBack(record);
    }
    void moveToFront(ServiceRecord &record) noexcept {
        _list.remove(record);
        _list.pushFront(record);
    }

    [[nodiscard]] std::size_t size() const noexcept { return _size; }
    [[nodiscard]] List &list() noexcept { return _list; }
    [[nodiscard]] List const &list() const noexcept { return _list; }
    /// All records by id. Errors: std::bad_alloc
    [[nodiscard]] std::vector<ServiceRecord *> sortedById() const;

private:
    static constexpr std::uint64_t PAGE_BITS = 8;
    static constexpr std::uint64_t PAGE_SIZE = std::uint64_t{1} << PAGE_BITS;

    static constexpr std::uint64_t BLOCK_SIZE = 4 * PAGE_SIZE;

    /// Neighbouring ids that are this table's.
    struct Ids {
        std::uint64_t first;
        std::uint64_t end;
    };

    struct Page {
        std::array<ServiceRecord *, PAGE_SIZE> records{};
        std::size_t used = 0;
    };

    void takeIds();
    [[nodiscard]] ServiceRecord *findElsewhere(ServiceId id) const noexcept;

    UnorderedMap<std::uint64_t, std::unique_ptr<Page>> _pages;
    mutable std::uint64_t _lastKey = ~std::uint64_t{0}; // the page looked at last, which is mostly the one asked for next
    mutable Page *_lastPage = nullptr;
    std::vector<Ids> _ids; // ascending, with gaps between them
    std::uint64_t _nextId = 0;
    List _list;
    std::size_t _size = 0;
};

} // namespace Ichor::Detail
