#include "ServiceTable.h"

#include <algorithm>
#include <atomic>
#include <iterator>

namespace Ichor::Detail {

ServiceId ServiceTable::nextId() {
    if (_ids.empty() || _nextId == _ids.back().end) {
        takeIds();
    }
    return ServiceId{_nextId++};
}

void ServiceTable::takeIds() {
    static constinit std::atomic<std::uint64_t> blocks{0};
    std::uint64_t const first = blocks.fetch_add(1, std::memory_order_relaxed) * BLOCK_SIZE;
    if (!_ids.empty() && _ids.back().end == first) {
        _ids.back().end += BLOCK_SIZE;
        return;
    }
    _ids.push_back({first, first + BLOCK_SIZE});
    _nextId = std::max<std::uint64_t>(first, 1); // 0 is nobody's
}

bool ServiceTable::hasGiven(ServiceId id) const noexcept {
    auto const behind =
        std::upper_bound(_ids.begin(), _ids.end(), id.value, [](std::uint64_t value, Ids ids) { return value < ids.first; });
    return behind != _ids.begin() && id.value < std::prev(behind)->end && id.value != 0 && id.value < _nextId;
}

void ServiceTable::insert(ServiceRecord &record) {
    _records.set(record.id, &record);
    ++_size;
    _list.pushBack(record);
}

void ServiceTable::erase(ServiceRecord &record) noexcept {
    if (!_records.erase(record.id)) return;
    --_size;
    _list.remove(record);
}

std::vector<ServiceRecord *> ServiceTable::sortedById() const {
    std::vector<ServiceRecord *> all;
    all.reserve(_size);
    for (ServiceRecord &record : _list) {
        all.push_back(&record);
    }
    std::sort(all.begin(), all.end(), [](ServiceRecord const *a, ServiceRecord const *b) { return a->id < b->id; });
    return all;
}

} // namespace Ichor::Detail
