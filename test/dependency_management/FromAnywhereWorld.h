#pragma once

// Everything may be done from anywhere: what is to be done by whom to whom, and who stands around.

#include <catch2/catch.hpp>

#include <ichor/Ichor.h>

#include <optional>
#include <string_view>

namespace Ichor::Testing {

using namespace std::chrono_literals;

struct IPart {
    virtual ~IPart() = default;
    virtual void use() = 0;
};
struct IActor {
    virtual ~IActor() = default;
    virtual void use() = 0;
};
struct IOrdered {
    virtual ~IOrdered() = default;
};

struct Poke final : EventOf<Poke> {};
struct AsyncPoke final : EventOf<AsyncPoke> {};
struct GeneratorPoke final : EventOf<GeneratorPoke> {};
struct BadPoke final : EventOf<BadPoke> {};

/// Whom something is done to.
enum class Target { SELF, DEPENDENCY, DEPENDENT };
enum class Deed { STOP, REMOVE, RESTART, QUIT };
enum class By { CALL, EVENT };

/// The one thing that one run is about.
struct Plan {
    std::string_view where;
    Deed deed = Deed::STOP;
    Target target = Target::SELF;
    By by = By::CALL;
};

/// What one run has come to.
struct World {
    Plan plan;
    ServiceId part;
    ServiceId actor;
    ServiceId dependent;
    ServiceId neighbour;
    bool isDone = false; // the deed
    int parts = 0;       // that run
    int actors = 0;
    int users = 0;      // of the actor
    int coroutines = 0; // of the actor
};
inline World world;

struct Running {
    explicit Running(int &of) : count(of) { ++count; }
    Running(Running const &) = delete;
    Running &operator=(Running const &) = delete;
    ~Running() { --count; }
    int &count;
};

inline void ask(DependencyManager &dm, Deed deed, By by, ServiceId target) {
    IEventQueue &queue = dm.getEventQueue();
    switch (deed) {
    case Deed::QUIT: return by == By::CALL ? dm.quit() : static_cast<void>(queue.pushEvent<QuitEvent>(ServiceId{}));
    case Deed::RESTART:
        if (by == By::CALL) {
            dm.stopService(target);
            dm.startService(target);
        } else {
            queue.pushEvent<StopServiceEvent>(ServiceId{}, target);
            queue.pushEvent<StartServiceEvent>(ServiceId{}, target);
        }
        return;
    case Deed::STOP:
        return by == By::CALL ? static_cast<void>(dm.stopService(target))
                              : static_cast<void>(queue.pushEvent<StopServiceEvent>(ServiceId{}, target));
    case Deed::REMOVE:
        return by == By::CALL ? static_cast<void>(dm.removeService(target))
                              : static_cast<void>(queue.pushEvent<RemoveServiceEvent>(ServiceId{}, target));
    }
}

inline ServiceId idOf(Target target) {
    switch (target) {
    case Target::SELF: return world.actor;
    case Target::DEPENDENCY: return world.part;
    case Target::DEPENDENT: return world.dependent;
    }
    return {};
}

class Part final : public IPart, public AdvancedService<Part> {
public:
    Part(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
    void use() override { CHECK(_running.has_value()); }

private:
    Task<Expected<void, StartError>> start() override {
        _running.emplace(world.parts);
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        CHECK(_running.has_value()); // started, and not stopped before
        CHECK(world.actors == 0);
        _running.reset();
        co_return;
    }
    std::optional<Running> _running;
};

/// Uses the actor until the last moment.
class Dependent final : public AdvancedService<Dependent> {
public:
    Dependent(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IActor>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(IActor &actor, IService &) { _actor = &actor; }
    void removeDependencyInstance(IActor &actor, IService &) { actor.use(); }

private:
    Task<Expected<void, StartError>> start() override {
        _running.emplace(world.users);
        _actor->use();
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        CHECK(_running.has_value());
        _actor->use();
        co_await sleepFor(10us);
        _actor->use();
        _running.reset();
    }
    IActor *_actor = nullptr;
    std::optional<Running> _running;
};

class Neighbour final {
public:
    explicit Neighbour(IActor &actor) : _actor(actor) { actor.use(); }
    ~Neighbour() { _actor.use(); }

private:
    IActor &_actor;
    Running _running{world.users};
};

class Ordered final : public IOrdered {};

/// Orders something of the actor, which tracks who does.
class Client final {
public:
    explicit Client(IOrdered &) {}
};

} // namespace Ichor::Testing
