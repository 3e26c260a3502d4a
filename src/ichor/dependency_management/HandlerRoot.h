#pragma once

#include "InFlightEvent.h"
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/coroutines/Root.h>
#include <ichor/dependency_management/IService.h>

namespace Ichor::Detail {

class ManagerLog;

/// Runs the coroutine of a handler or of a pushed function.
class HandlerRoot final : public Root<void> {
public:
    HandlerRoot(InFlightEvent &flight, ServiceId handler) noexcept : _flight(flight), _handler(handler) { flight.acquire(); }

    static void *operator new(std::size_t size) { return FrameRecycler::allocate(size); }
    static void operator delete(void *memory, std::size_t size) noexcept { FrameRecycler::deallocate(memory, size); }

private:
    ~HandlerRoot() = default;
    void finished(Outcome<void> outcome) noexcept override;

    InFlightEvent &_flight;
    ServiceId _handler;
};

/// Runs what a service spawned.
class SpawnedRoot final : public Root<void> {
public:
    SpawnedRoot(ServiceRecord &record, ManagerLog &log, UniqueFunction<void(Outcome<void>)> onDone) noexcept
        : _record(record), _log(log), _onDone(std::move(onDone)) {}

    static void *operator new(std::size_t size) { return FrameRecycler::allocate(size); }
    static void operator delete(void *memory, std::size_t size) noexcept { FrameRecycler::deallocate(memory, size); }

private:
    ~SpawnedRoot() = default;
    void finished(Outcome<void> outcome) noexcept override;

    ServiceRecord &_record;
    ManagerLog &_log;
    UniqueFunction<void(Outcome<void>)> _onDone;
};

} // namespace Ichor::Detail
