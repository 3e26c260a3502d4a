#pragma once

#include <cstdint>
#include <ichor/base/Expected.h>
#include <ichor/coroutines/Outcome.h>
#include <ichor/coroutines/Scope.h>
#include <ichor/coroutines/TaskStack.h>
#include <ichor/model/StartError.h>
#include <memory>

namespace Ichor::Detail {

class LifecycleEngine;
class ServiceRecord;

/// Runs a service's start() or stop() and tells the engine how it ended.
///
/// Most end without ever sleeping, so this does without what a Root is launched again for, and the engine keeps one for the next.
///
/// Threads: the manager's own
template <class T>
class LifecycleRoot final : private TaskStack<T> {
public:
    /// Runs the task up to its first suspension. With a service whose task has ended by then, the caller goes on; one whose task ends
    /// later is enqueued. Errors: std::bad_alloc, then nothing has run
    static void launch(LifecycleEngine &engine, ServiceRecord &record, Task<T> task);

    ~LifecycleRoot() = default;

private:
    enum class Phase : std::uint8_t { FIRST_RUN, ENDED, SLEPT };

    explicit LifecycleRoot(LifecycleEngine &engine) noexcept : _engine(engine), _entry(ScopeEntry::Kind::ROOT) {}

    void runFirst(ServiceRecord &record, Task<T> &task) noexcept;
    void sleep() noexcept;
    CallStack *ended() noexcept override;
    void endedEarly() noexcept override;
    void conclude(Outcome<T> &&outcome) noexcept;
    static Outcome<T> cancelledOutcome() noexcept;

    LifecycleEngine &_engine;
    ServiceRecord *_record = nullptr;
    Phase _phase = Phase::ENDED;
    ScopeEntry _entry; // leaves the scope last
};

using StartRoot = LifecycleRoot<Expected<void, StartError>>;
using StopRoot = LifecycleRoot<void>;

/// Those that have ended, kept for the next service.
struct SpareRoots {
    std::unique_ptr<StartRoot> start;
    std::unique_ptr<StopRoot> stop;
};

extern template class LifecycleRoot<Expected<void, StartError>>;
extern template class LifecycleRoot<void>;

} // namespace Ichor::Detail
