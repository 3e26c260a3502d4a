#pragma once

#include <cstdint>
#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/Scope.h>
#include <ichor/coroutines/Task.h>
#include <ichor/dependency_management/DependencySlot.h>
#include <ichor/dependency_management/IService.h>
#include <ichor/dependency_management/InterfaceType.h>
#include <ichor/dependency_management/RecordMemory.h>
#include <ichor/dependency_management/SlotList.h>
#include <ichor/dependency_management/StateWaiter.h>
#include <ichor/event_queues/PushMark.h>
#include <ichor/model/StartError.h>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace Ichor::Detail {

struct WorkLane;

/// What the user wants of a service; the life cycle moves it there.
enum class Wish : std::uint8_t { STARTED, STOPPED, REMOVED };

/// What a service waits for on its way down.
enum class Descent : std::uint8_t { NONE, DEPENDENTS, COROUTINES, STOP, LATE_COROUTINES };

/// All that the manager knows of one service; the object itself lies in a derived record, so that a service is one allocation.
///
/// Threads: the manager's own
class ServiceRecord : private IScopeObserver {
public:
    ServiceRecord(DependencyManager &owner, std::string_view implementation, Priority runsAt, Properties with);
    virtual ~ServiceRecord();
    ServiceRecord(ServiceRecord const &) = delete;
    ServiceRecord &operator=(ServiceRecord const &) = delete;

    /// The face of this service that others are given.
    [[nodiscard]] IService &service() noexcept { return *_face; }
    [[nodiscard]] std::span<ProvidedInterface> provided() noexcept { return {_provided, _providedCount}; }
    [[nodiscard]] std::span<DependencySlot> slots() noexcept { return _slots.all(); }

    /// The user's start: an empty task means that it is done. May throw.
    [[nodiscard]] virtual Task<Expected<void, StartError>> start() = 0;
    /// The user's stop: an empty task means that it is done. May throw.
    [[nodiscard]] virtual Task<void> stop() = 0;

    /// What to inject into `requester`: the interface, or the requester's own instance (PerRequester). May throw.
    [[nodiscard]] void *objectFor(ProvidedInterface &interface, ServiceRecord &requester) {
        return isPerRequester ? instanceFor(interface, requester.service()) : interface.object;
    }
    void releaseFor(ProvidedInterface &interface, ServiceRecord &requester) noexcept {
        if (isPerRequester) {
            releaseInstanceFor(interface, requester.service());
        }
    }

    /// The slot list of a service that registers its dependencies itself; only during its constructor.
    virtual void addSlot(InterfaceType const &type, DependencyFlags flags, Properties with, Injection const &injection, void *self) = 0;

    static ServiceRecord &of(IService &service) noexcept;

    /// Where the records of that manager and their slots lie.
    [[nodiscard]] static RecordMemory &memoryOf(DependencyManager &manager) noexcept;

    /// Keeps why the service cannot start. Errors: when memory is out, that it failed is kept, without the words
    void fail(StartError why) noexcept;
    void fail(std::exception_ptr const &error, std::string_view step, std::string_view interface, std::string_view provider) noexcept;

    /// Its turn in the life cycle is due.
    void enqueue() noexcept;

    /// Whether a callable that the service pushed may run: the object that it captured is still there, and in the same life. A life
    /// begins with a start, the first one with the construction, and ends with the stop.
    [[nodiscard]] bool mayRunPushed(std::uint64_t eventId) const noexcept {
        return hasObject && !lifeBegan.isAfter(eventId) && (state != ServiceState::INSTALLED || !hasBegun);
    }

    [[nodiscard]] bool mustLeave() const noexcept { return mustStop || wish != Wish::STARTED; }

    DependencyManager &manager;
    ServiceId const id;
    Priority const priority;
    std::string_view const name;
    ServiceId onlyFor{}; // valid: this provider serves that requester alone

    ServiceState state = ServiceState::INSTALLED;
    Wish wish = Wish::STARTED;
    Descent descent = Descent::NONE;
    bool isRegistered = false; // in the table and the index
    bool isAnnounced = false;  // trackers have been told of its requests
    bool isOpen = false;       // its slots take providers
    bool mustStop = false;     // a required provider is going
    bool hasFailed = false;    // the last start failed; `failure` says why
    bool isStartDone = false;  // start() has ended and waits to be looked at
    bool isStopDone = false;
    bool isOverdue = false;         // exceeded its deadline once already
    bool isQueued = false;          // in its work lane
    bool isInjectionBroken = false; // a provider could not be injected
    bool hasBegun = false;          // was started, whether or not that went well
    bool hasObject = true;          // the user's object exists, so that a callable that captured it may run
    bool isPerRequester = false;    // of one interface at least, it gives each requester an instance of its own

    std::uint32_t bytes = 0;       // of the whole record in its manager's memory; 0: it lies elsewhere
    std::uint32_t unsatisfied = 0; // required slots without a usable provider
    PushMark lifeBegan;            // what was pushed before is of an earlier life
    WorkLane *lane = nullptr;
    ListHook laneHook;
    ListHook tableHook;          // all services of the manager, in the order of their last activation
    ListHook clockHook;          // waiting to start, or winding down, since `sinceTick`
    std::uint64_t sinceTick = 0; // of the engine's clock

    ListHook ownedHook; // in the ownedProviders of the service that it is only for
    IntrusiveList<ServiceRecord, &ServiceRecord::ownedHook> ownedProviders;
    IntrusiveList<DependencyEdge, &DependencyEdge::dependentHook> dependents;
    IntrusiveList<ProvidedInterface, &ProvidedInterface::offerHook> privateOffers; // providers made for this service only
    Scope coroutines;
    Properties properties;
    std::unique_ptr<StartError> failure;
    IntrusiveList<StateWaiter, &StateWaiter::hook> waiters; // who awaits a change of state

protected:
    /// What the derived record has set up when its constructor ends.
    void setFace(IService &face, std::span<ProvidedInterface> interfaces) noexcept {
        _face = &face;
        _provided = interfaces.data();
        _providedCount = static_cast<std::uint32_t>(interfaces.size());
    }

    SlotList _slots;

private:
    // Only asked when it isPerRequester.
    [[nodiscard]] virtual void *instanceFor(ProvidedInterface &interface, IService &requester) = 0;
    virtual void releaseInstanceFor(ProvidedInterface &interface, IService &requester) noexcept = 0;

    void onScopeEmpty(Scope &) noexcept final;

    IService *_face = nullptr;
    ProvidedInterface *_provided = nullptr;
    std::uint32_t _providedCount = 0;
};

/// Ends a record, wherever it lies.
struct RecordDeleter {
    void operator()(ServiceRecord *record) const noexcept;
};
using OwnedRecord = std::unique_ptr<ServiceRecord, RecordDeleter>;

/// A record of that type in the manager's memory. Errors: std::bad_alloc, and what the constructors throw
template <typename Record>
[[nodiscard]] OwnedRecord makeRecord(DependencyManager &manager, Priority runsAt, Properties with) {
    if constexpr (alignof(Record) > RecordMemory::ALIGNMENT) {
        return OwnedRecord{new Record(manager, runsAt, std::move(with))};
    } else {
        RecordMemory &memory = ServiceRecord::memoryOf(manager);
        void *const piece = memory.allocate(sizeof(Record));
        try {
            OwnedRecord record{::new (piece) Record(manager, runsAt, std::move(with))};
            record->bytes = sizeof(Record);
            return record;
        } catch (...) {
            memory.deallocate(piece, sizeof(Record));
            throw;
        }
    }
}

/// The record whose object is being constructed on this thread: how a base class finds its record without the user passing it on.
inline constinit thread_local ServiceRecord *recordUnderConstruction = nullptr;

/// Sets recordUnderConstruction for a scope; nests.
class ConstructionMark final {
public:
    explicit ConstructionMark(ServiceRecord &record) noexcept : _outer(recordUnderConstruction) { recordUnderConstruction = &record; }
    ~ConstructionMark() { recordUnderConstruction = _outer; }
    ConstructionMark(ConstructionMark const &) = delete;
    ConstructionMark &operator=(ConstructionMark const &) = delete;

private:
    ServiceRecord *_outer;
};

} // namespace Ichor::Detail
