#include <ichor/dependency_management/ServiceRecord.h>

#include "DisplayName.h"
#include "ManagerLog.h"
#include "ManagerRooms.h"
#include "WorkQueue.h"
#include <fmt/core.h>

namespace Ichor::Detail {

ServiceRecord::ServiceRecord(DependencyManager &owner, std::string_view implementation, Priority runsAt, Properties with)
    : manager(owner), id(ManagerRooms::of(owner).table().nextId()), priority(runsAt), name(displayName(implementation)),
      properties(std::move(with)) {
    coroutines.setObserver(this);
    properties.settle(memoryOf(owner));
}

ServiceRecord::~ServiceRecord() {
    if (!isRegistered) {
        coroutines.abandonAll(); // the constructor of the user's object spawned, and then threw
    }
}

RecordMemory &ServiceRecord::memoryOf(DependencyManager &manager) noexcept { return ManagerRooms::of(manager).recordMemory(); }

void RecordDeleter::operator()(ServiceRecord *record) const noexcept {
    if (!record->isRegistered) {
        record->coroutines.abandonAll(); // it never was: nobody waited for what its constructor spawned
    }
    std::size_t const bytes = record->bytes;
    if (bytes == 0) {
        delete record;
        return;
    }
    RecordMemory &memory = ServiceRecord::memoryOf(record->manager);
    void *const piece = dynamic_cast<void *>(record); // the whole of it
    record->~ServiceRecord();
    memory.deallocate(piece, bytes);
}

ServiceRecord &ServiceRecord::of(IService &service) noexcept { return *service._record; }

void ServiceRecord::fail(StartError why) noexcept {
    hasFailed = true;
    try {
        failure = std::make_unique<StartError>(std::move(why));
    } catch (...) {
        failure.reset();
    }
}

void ServiceRecord::fail(std::exception_ptr const &error, std::string_view step, std::string_view interface,
                         std::string_view provider) noexcept {
    hasFailed = true;
    failure.reset();
    try {
        std::string const why = describe(error);
        fail(StartError{interface.empty() ? why : fmt::format("{} of {} by {}: {}", step, interface, provider, why)});
    } catch (...) {
        // No memory for the words; that it failed is kept.
    }
}

void ServiceRecord::enqueue() noexcept {
    if (lane != nullptr) {
        lane->queue->enqueue(*this);
    }
}

/// Only who waits for it has a step to take.
void ServiceRecord::onScopeEmpty(Scope &) noexcept {
    if (descent == Descent::COROUTINES || descent == Descent::LATE_COROUTINES || wish == Wish::REMOVED) {
        enqueue();
    }
}

} // namespace Ichor::Detail
