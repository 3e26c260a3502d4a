#pragma once

#include <ichor/coroutines/Root.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <ichor/model/StartError.h>

namespace Ichor::Detail {

class LifecycleEngine;

/// Runs a service's start() and tells the engine how it ended.
class StartRoot final : public Root<Expected<void, StartError>> {
public:
    /// Errors: std::bad_alloc, then nothing has run
    static void launch(LifecycleEngine &engine, ServiceRecord &record, Task<Expected<void, StartError>> task);

private:
    StartRoot(LifecycleEngine &engine, ServiceRecord &record) noexcept : _engine(engine), _record(record) {}
    void finished(Outcome<Expected<void, StartError>> outcome) noexcept override;

    LifecycleEngine &_engine;
    ServiceRecord &_record;
};

/// Runs a service's stop() and tells the engine that it has ended.
class StopRoot final : public Root<void> {
public:
    /// Errors: std::bad_alloc, then nothing has run
    static void launch(LifecycleEngine &engine, ServiceRecord &record, Task<void> task);

private:
    StopRoot(LifecycleEngine &engine, ServiceRecord &record) noexcept : _engine(engine), _record(record) {}
    void finished(Outcome<void> outcome) noexcept override;

    LifecycleEngine &_engine;
    ServiceRecord &_record;
};

} // namespace Ichor::Detail
