#pragma once

// What random graphs are made of: the dice, what is known of each service, and what has to hold of it at every moment.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <ichor/Ichor.h>
#include <ichor/services/timer/ITimerFactory.h>
#include <map>
#include <random>
#include <set>
#include <string>

namespace Ichor::Testing {

/// What a service may need or provide. Those above need those below, and TOP is needed against the order.
enum Kind : unsigned { BASE, MIDDLE, HIGH, TOP, MADE, TIMERS, KINDS };

struct INode {
    virtual ~INode() = default;
    [[nodiscard]] virtual std::uint64_t id() const = 0;
};
template <Kind K>
struct INodeOf : INode {
    static constexpr Kind KIND = K;
};
using IBase = INodeOf<BASE>;
using IMiddle = INodeOf<MIDDLE>;
using IHigh = INodeOf<HIGH>;
using ITop = INodeOf<TOP>;
using IMade = INodeOf<MADE>;

struct Poke final : EventOf<Poke> {};

enum class Wanted { STARTED, STOPPED, REMOVED };

struct Need {
    DependencyFlags flags = DependencyFlags::NONE;
    std::set<std::uint64_t> injected;
    bool hasRefused = false; // threw at a provider, which then counts as not there

    [[nodiscard]] bool isRequired() const { return has(flags, DependencyFlags::REQUIRED); }
    [[nodiscard]] bool takesSeveral() const { return has(flags, DependencyFlags::ALLOW_MULTIPLE); }
};

/// What is known of one service.
struct Life {
    Wanted wanted = Wanted::STARTED;
    bool isRunning = false; // from the end of its start to its stop
    bool isMine = true;     // a node of ours, whose starts and stops are counted
    int starts = 0;
    int stops = 0;
    int failures = 0; // since it was last asked to start
    int coroutines = 0;
    std::uint64_t madeFor = 0;
    std::map<Kind, Need> needs;
};

struct Habits {
    bool mayFail = true;
    bool mayQuit = false;
};

struct World {
    std::uint64_t seed = 0;
    Habits habits;
    std::mt19937_64 dice;
    std::map<std::uint64_t, Life> lives;
    std::uint64_t logger = 0; // is left alone
    bool isQuitting = false;
    int waiters = 0;
    int extras = 20; // services that others may make as they stop
    std::uint64_t starts = 0;
};
inline World world;

inline unsigned roll(unsigned sides) { return static_cast<unsigned>(world.dice() % sides); }
inline bool oneIn(unsigned sides) { return roll(sides) == 0; }
inline bool fails(unsigned sides) { return world.habits.mayFail && oneIn(sides); }

/// Cheaper than CHECK, which these graphs would do millions of times.
inline void expect(bool isSo, char const *what, std::uint64_t id = 0) {
    if (!isSo) {
        FAIL_CHECK("seed " << world.seed << ", service " << id << ": " << what);
    }
}

inline Life &lifeOf(std::uint64_t id) {
    expect(world.lives.contains(id), "is known", id);
    return world.lives[id];
}

inline bool isActive(DependencyManager &dm, std::uint64_t id) {
    IService const *service = dm.getIService(ServiceId{id});
    return service != nullptr && service->getServiceState() == ServiceState::ACTIVE;
}

inline void ask(DependencyManager &dm, std::uint64_t id, Wanted wanted) {
    if (id == world.logger) {
        return;
    }
    ServiceId const service{id};
    bool const isThere = wanted == Wanted::STARTED   ? dm.startService(service)
                         : wanted == Wanted::STOPPED ? dm.stopService(service)
                                                     : dm.removeService(service);
    auto const life = world.lives.find(id);
    if (!isThere || life == world.lives.end() || life->second.wanted == Wanted::REMOVED) {
        return;
    }
    life->second.wanted = wanted;
    if (wanted == Wanted::STARTED) {
        life->second.failures = 0;
    }
}

inline void quit(DependencyManager &dm) {
    world.isQuitting = true;
    dm.quit();
}

/// Something unfriendly, now and then, from inside a callback of `self`.
inline void misbehave(DependencyManager &dm, std::uint64_t self, std::uint64_t other) {
    switch (roll(80)) {
    case 0: return ask(dm, self, Wanted::STOPPED);
    case 1: return ask(dm, self, Wanted::REMOVED);
    case 2: return ask(dm, other, Wanted::STOPPED);
    case 3: return ask(dm, other, Wanted::REMOVED);
    case 4: ask(dm, other, Wanted::STOPPED); return ask(dm, other, Wanted::STARTED);
    case 5:
        if (world.habits.mayQuit && oneIn(3)) {
            quit(dm);
        }
        return;
    default: return;
    }
}

/// The promises that hold at every moment between two callbacks.
inline void checkAlways(DependencyManager &dm) {
    for (auto const &[service, face] : dm.getServiceInfo()) {
        std::uint64_t const id = service.value;
        Life const &life = lifeOf(id);
        ServiceState const state = face->getServiceState();
        if (life.isMine) {
            expect(state != ServiceState::ACTIVE || life.isRunning, "is started when it is ACTIVE", id);
            expect(state != ServiceState::INSTALLED || !life.isRunning, "is stopped when it is INSTALLED", id);
            expect(life.starts == life.stops + (life.isRunning ? 1 : 0), "is stopped once for each start", id);
            expect(state != ServiceState::INSTALLED || life.coroutines == 0, "has no coroutine when it is INSTALLED", id);
        }
        for (auto const &[kind, need] : life.needs) {
            expect(need.takesSeveral() || need.injected.size() <= 1, "has one provider where it takes one", id);
            expect(state != ServiceState::ACTIVE || !need.isRequired() || !need.injected.empty(), "has what it requires", id);
            for (std::uint64_t const provider : need.injected) {
                expect(dm.getIService(ServiceId{provider}) != nullptr, "its provider exists", id);
                Life const &other = lifeOf(provider);
                expect(!other.isMine || other.isRunning, "its provider runs", id);
                expect(other.madeFor == 0 || other.madeFor == id, "what was made for others is not given to it", id);
            }
        }
    }
    for (auto life = world.lives.begin(); life != world.lives.end();) {
        bool const isGone = dm.getIService(ServiceId{life->first}) == nullptr;
        if (isGone) {
            expect(!life->second.isRunning && life->second.starts == life->second.stops, "was stopped before it went", life->first);
        }
        life = isGone ? world.lives.erase(life) : std::next(life);
    }
}

/// How many ACTIVE providers of a kind a service could be given.
inline std::size_t countProviders(DependencyManager &dm, Kind kind, std::uint64_t id) {
    auto const countNodes = [id](auto const &nodes) {
        std::size_t count = 0;
        for (INode const *node : nodes) {
            std::uint64_t const madeFor = lifeOf(node->id()).madeFor;
            count += node->id() != id && (madeFor == 0 || madeFor == id) ? 1U : 0U;
        }
        return count;
    };
    switch (kind) {
    case BASE: return countNodes(dm.getStartedServices<IBase>());
    case MIDDLE: return countNodes(dm.getStartedServices<IMiddle>());
    case HIGH: return countNodes(dm.getStartedServices<IHigh>());
    case TOP: return countNodes(dm.getStartedServices<ITop>());
    case MADE: return countNodes(dm.getStartedServices<IMade>());
    default: return 0;
    }
}

/// The promises that hold once nothing is on its way: who can run does, and has all that it can have.
inline void checkSettled(DependencyManager &dm) {
    for (auto const &[service, face] : dm.getServiceInfo()) {
        std::uint64_t const id = service.value;
        Life const &life = lifeOf(id);
        bool const isUp = face->getServiceState() == ServiceState::ACTIVE;
        expect(!isUp || life.wanted == Wanted::STARTED, "is as it was asked to be", id);
        expect(life.wanted != Wanted::REMOVED, "has gone when it was asked to", id);
        bool lacks = false;
        for (auto const &[kind, need] : life.needs) {
            if (kind == TIMERS) {
                lacks = lacks || dm.getStartedServices<ITimerFactory>().empty();
                continue;
            }
            std::size_t const providers = countProviders(dm, kind, id);
            lacks = lacks || (need.isRequired() && (providers == 0 || need.hasRefused));
            if (isUp && !need.hasRefused) {
                std::size_t const takes = need.takesSeveral() ? providers : std::min<std::size_t>(providers, 1);
                expect(need.injected.size() == takes, "has all providers that it takes", id);
            }
        }
        if (!isUp && life.isMine && life.wanted == Wanted::STARTED && !lacks) {
            expect(life.failures > 0, "runs when nothing keeps it from it", id);
            Explanation const why = dm.explain(service);
            expect(why.services.at(0).reason == Explanation::Reason::FAILED && !why.services.at(0).error.empty(), "says why it failed", id);
        }
    }
}

} // namespace Ichor::Testing
