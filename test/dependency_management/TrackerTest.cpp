#include <catch2/catch.hpp>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <map>
#include <vector>

using namespace Ichor;

namespace {

struct IVoice {
    virtual ~IVoice() = default;
    virtual std::uint64_t owner() const = 0;
};

class Voice final : public IVoice {
public:
    explicit Voice(Properties const &props) : _owner(props.getOr<std::uint64_t>("Owner", 0)) { ++alive; }
    ~Voice() override { --alive; }
    std::uint64_t owner() const override { return _owner; }
    static inline int alive = 0;

private:
    std::uint64_t _owner;
};

class Choir final : public AdvancedService<Choir> {
public:
    Choir(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
    int requests = 0;
    int undone = 0;

    void handleDependencyRequest(DependencyRequest<IVoice> const &request) {
        ++requests;
        getManager().createServiceManager<Voice, IVoice>(Properties{{"Owner", request.requester.value}}, OnlyFor{request.requester});
    }
    void handleDependencyUndoRequest(DependencyUndoRequest<IVoice> const &) { ++undone; }

private:
    Task<Expected<void, StartError>> start() override {
        _tracker = getManager().registerDependencyTracker<IVoice>(this, *this);
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        _tracker.reset();
        co_return;
    }
    DependencyTrackerRegistration _tracker;
};

class Singer final {
public:
    Singer(IVoice &voice, IService &self) { heard[self.getServiceId().value] = voice.owner(); }
    static inline std::map<std::uint64_t, std::uint64_t> heard;
};

} // namespace

TEST_CASE("Tracker: makes one provider for each who asks, before and after it came, and they go with who asked",
          "[dependency_management]") {
    Singer::heard.clear();
    {
        VirtualTimeQueue queue;
        DependencyManager &dm = queue.createManager();
        ServiceId const early = dm.createServiceManager<Singer>();
        queue.runUntilIdle();
        CHECK(dm.getIService(early)->getServiceState() == ServiceState::INSTALLED);
        auto const choir = dm.createServiceManager<Choir>();
        ServiceId const late = dm.createServiceManager<Singer>();
        queue.runUntilIdle();
        CHECK(Voice::alive == 2);
        CHECK(Singer::heard == std::map<std::uint64_t, std::uint64_t>{{early.value, early.value}, {late.value, late.value}});
        dm.removeService(early);
        queue.runUntilIdle();
        CHECK(Voice::alive == 1);
        dm.stopService(late);
        queue.runUntilIdle();
        CHECK(Voice::alive == 1);
        dm.startService(late);
        queue.runUntilIdle();
        CHECK(dm.getIService(late)->getServiceState() == ServiceState::ACTIVE);
        CHECK(dm.getStartedServices<IVoice>().size() == 1);
        static_cast<void>(choir);
        dm.quit();
        queue.runUntilIdle();
    }
    CHECK(Voice::alive == 0);
}

namespace {

/// Makes voices for the others, and would use one that somebody else makes.
class Conductor final : public AdvancedService<Conductor> {
public:
    Conductor(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IVoice>(this, DependencyFlags::NONE);
        if (getProperties().contains("Early")) {
            track();
        }
    }
    void addDependencyInstance(IVoice &, IService &) {}
    void removeDependencyInstance(IVoice &, IService &) {}
    void handleDependencyRequest(DependencyRequest<IVoice> const &request) { requesters.push_back(request.requester); }
    void handleDependencyUndoRequest(DependencyUndoRequest<IVoice> const &request) { undone.push_back(request.requester); }
    static inline std::vector<ServiceId> requesters;
    static inline std::vector<ServiceId> undone;

private:
    Task<Expected<void, StartError>> start() override {
        if (!getProperties().contains("Early")) {
            track();
        }
        return {};
    }
    void track() { _tracker = getManager().registerDependencyTracker<IVoice>(this); }
    DependencyTrackerRegistration _tracker;
};

} // namespace

TEST_CASE("Tracker: a service that tracks what it asks for itself hears of the others only, whenever it begins",
          "[dependency_management]") {
    for (Properties const &when : {Properties{}, Properties{{"Early", true}}}) {
        Conductor::requesters.clear();
        Conductor::undone.clear();
        VirtualTimeQueue queue;
        DependencyManager &dm = queue.createManager();
        ServiceId const early = dm.createServiceManager<Singer>();
        queue.runUntilIdle();
        ServiceId const conductor = dm.createServiceManager<Conductor>(Properties{when});
        queue.runUntilIdle();
        ServiceId const late = dm.createServiceManager<Singer>();
        queue.runUntilIdle();
        CHECK(Conductor::requesters == std::vector<ServiceId>{early, late});
        dm.removeService(early);
        queue.runUntilIdle();
        dm.removeService(conductor);
        queue.runUntilIdle();
        CHECK(Conductor::undone == std::vector<ServiceId>{early});
        dm.quit();
        queue.runUntilIdle();
    }
}

TEST_CASE("Tracker: what keeps its registration while it is stopped misses nothing, and is not told twice", "[dependency_management]") {
    Conductor::requesters.clear();
    Conductor::undone.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    ServiceId const conductor = dm.createServiceManager<Conductor>(Properties{{"Early", true}});
    ServiceId const before = dm.createServiceManager<Singer>();
    queue.runUntilIdle();
    dm.stopService(conductor);
    queue.runUntilIdle();
    ServiceId const meanwhile = dm.createServiceManager<Singer>();
    dm.removeService(before);
    queue.runUntilIdle();
    dm.startService(conductor);
    queue.runUntilIdle();
    CHECK(Conductor::requesters == std::vector<ServiceId>{before, meanwhile});
    CHECK(Conductor::undone == std::vector<ServiceId>{before});
    dm.quit();
    queue.runUntilIdle();
}

namespace {

struct IStage {
    virtual ~IStage() = default;
};

/// Asks for a stage, and then for a voice.
class Band final : public AdvancedService<Band> {
public:
    Band(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IStage>(this, DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE);
        reg.registerDependency<IVoice>(this, DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE);
    }
    void addDependencyInstance(IStage &, IService &) {}
    void removeDependencyInstance(IStage &, IService &) {}
    void addDependencyInstance(IVoice &, IService &) {}
    void removeDependencyInstance(IVoice &, IService &) {}
};

/// Tracks voices from the first request for a stage on, or ("AtTheEnd") from when the first one is undone.
class Promoter final : public AdvancedService<Promoter> {
public:
    Promoter(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        _stages = getManager().registerDependencyTracker<IStage>(this);
    }
    void handleDependencyRequest(DependencyRequest<IStage> const &) {
        if (!getProperties().contains("AtTheEnd")) {
            trackVoices();
        }
    }
    void handleDependencyUndoRequest(DependencyUndoRequest<IStage> const &) { trackVoices(); }
    void handleDependencyRequest(DependencyRequest<IVoice> const &request) { requesters.push_back(request.requester); }
    void handleDependencyUndoRequest(DependencyUndoRequest<IVoice> const &request) { undone.push_back(request.requester); }
    static inline std::vector<ServiceId> requesters;
    static inline std::vector<ServiceId> undone;

private:
    void trackVoices() {
        if (!_voices.isRegistered()) {
            _voices = getManager().registerDependencyTracker<IVoice>(this);
        }
    }
    DependencyTrackerRegistration _stages;
    DependencyTrackerRegistration _voices;
};

} // namespace

TEST_CASE("Tracker: one that begins while another is told of a requester hears of each of its requests once", "[dependency_management]") {
    Promoter::requesters.clear();
    Promoter::undone.clear();
    bool const isAtTheEnd = GENERATE(false, true);
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Promoter>(isAtTheEnd ? Properties{{"AtTheEnd", true}} : Properties{});
    queue.runUntilIdle();
    ServiceId const band = dm.createServiceManager<Band>();
    queue.runUntilIdle();
    dm.removeService(band);
    queue.runUntilIdle();
    // One that begins as the requester goes hears nothing of it.
    std::vector<ServiceId> const expected(isAtTheEnd ? 0 : 1, band);
    CHECK(Promoter::requesters == expected);
    CHECK(Promoter::undone == expected);
    dm.quit();
    queue.runUntilIdle();
}
