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
    std::uint64_t const key = record.id.value >> PAGE_BITS;
    std::unique_ptr<Page> &page = _pages[key];
    if (!page) {
        try {
            page = std::make_unique<Page>();
        } catch (...) {
            _pages.erase(key);
            throw;
        }
    }
    page->records[record.id.value % PAGE_SIZE] = &record;
    ++page->used;
    ++_size;
    _list.pushBack(record);
}

void ServiceTable::erase(ServiceRecord &record) noexcept {
    std::uint64_t const key = record.id.value >> PAGE_BITS;
    auto const found = _pages.find(key);
    if (found == _pages.end()) {
        return;
    }
    Page &page = *found->second;
    page.records[record.id.value % PAGE_SIZE] = nullptr;
    --_size;
    _list.remove(record);
    if (--page.used == 0) {
        if (_lastKey == key) {
            _lastPage = nullptr;
        }
        _pages.erase(found);
    }
}

ServiceRecord *ServiceTable::findElsewhere(ServiceId id) const noexcept {
    std::uint64_t const key = id.value >> PAGE_BITS;
    auto const found = _pages.find(key);
    if (found == _pages.end()) {
        return nullptr;
    }
    _lastKey = key;
    _lastPage = found->second.get();
    return _lastPage->records[id.value % PAGE_SIZE];
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
