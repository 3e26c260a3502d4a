#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/dependency_management/IdTable.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <vector>

namespace Ichor::Detail {

/// Who exists. Found by id in constant time; listed in the order in which services last became ACTIVE.
///
/// Ids count up through the whole process and are never reused. A table takes them in blocks, so that it can tell, from few numbers,
/// a service that has gone from one of another manager.
///
/// Threads: the manager's own
class ServiceTable final {
public:
    using List = IntrusiveList<ServiceRecord, &ServiceRecord::tableHook>;

    /// Its pages lie in that memory, with the records.
    explicit ServiceTable(IPieceMemory &memory) : _records(memory) {}
    ServiceTable(ServiceTable const &) = delete;
    ServiceTable &operator=(ServiceTable const &) = delete;

    /// An id for a new service. Errors: std::bad_alloc
    [[nodiscard]] ServiceId nextId();
    /// Whether this table gave that id to a service, which may be gone.
    [[nodiscard]] bool hasGiven(ServiceId id) const noexcept;

    /// Does not own the record. Errors: std::bad_alloc, then nothing has changed.
    void insert(ServiceRecord &record);
    void erase(ServiceRecord &record) noexcept;
    [[nodiscard]] ServiceRecord *find(ServiceId id) const noexcept { return _records.find(id); }

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
    static constexpr unsigned PAGE_BITS = 7;
    static constexpr std::uint64_t BLOCK_SIZE = std::uint64_t{8} << PAGE_BITS;

    /// Neighbouring ids that are this table's.
    struct Ids {
        std::uint64_t first;
        std::uint64_t end;
    };

    void takeIds();

    IdTable<ServiceRecord *, PAGE_BITS> _records;
    std::vector<Ids> _ids; // ascending, with gaps between them
    std::uint64_t _nextId = 0;
    List _list;
    std::size_t _size = 0;
};

} // namespace Ichor::Detail
