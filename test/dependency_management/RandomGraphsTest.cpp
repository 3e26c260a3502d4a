// Thousands of random graphs under random requests and failures. Everything follows from one number, which is printed:
// ICHOR_TEST_SEED=<number> plays the same again, and ICHOR_TEST_GRAPHS=1 that graph alone.

#include "RandomServices.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ichor/event_queues/VirtualTimeQueue.h>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

constexpr int STEPS = 60;

std::uint64_t number(char const *variable, std::uint64_t otherwise) {
    char const *text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

class Game final {
public:
    explicit Game(std::uint64_t seed, Habits habits) {
        world = World{};
        world.seed = seed;
        world.habits = habits;
        world.dice.seed(seed);
        world.logger = addForeign(_dm.createServiceManager<QuietLogger, IFrameworkLogger>());
        _ids.push_back(addForeign(_dm.createServiceManager<TimerFactory, ITimerFactory>()));
    }

    void play() {
        for (int step = 0; step < STEPS && !world.isQuitting; ++step) {
            act();
            _queue.runUntilIdle();
            checkAlways(_dm);
            if (step % 8 == 7) {
                settle();
            }
        }
        end();
    }

private:
    std::uint64_t addForeign(ServiceId id) {
        world.lives[id.value].isMine = false;
        return id.value;
    }

    void create() {
        try {
            _ids.push_back(createOne());
        } catch (std::runtime_error const &) {
            expect(world.habits.mayFail, "is constructed");
        }
    }

    std::uint64_t createOne() {
        Priority const priority{900 + roll(3) * 100};
        switch (roll(11)) {
        case 0:
        case 1: return createNode<IBase>(priority);
        case 2: return createNode<IMiddle>(priority);
        case 3: return createNode<IHigh>(priority);
        case 4: return createNode<ITop>(priority);
        case 5: return createPlain<IBase>(_dm);
        case 6: return createPlain<IMiddle, IBase>(_dm);
        case 7: return createPlain<IHigh, IMiddle, IBase>(_dm);
        case 8: return createPlain<ITop, IHigh>(_dm);
        case 9: return createPlain<ITop, IMade, IMiddle>(_dm);
        default: {
            ServiceId const maker = _dm.createServiceManager<Maker>();
            return maker.value;
        }
        }
    }

    template <class Provides>
    std::uint64_t createNode(Priority priority) {
        ServiceId const id = _dm.createServiceManager<Node<Provides>, Provides>({}, priority);
        return id.value;
    }

    std::uint64_t anyId() { return _ids[roll(static_cast<unsigned>(_ids.size()))]; }

    void act() {
        switch (roll(9)) {
        case 0:
        case 1:
        case 2: return create();
        case 3: return ask(_dm, anyId(), Wanted::STOPPED);
        case 4: return ask(_dm, anyId(), Wanted::STARTED);
        case 5:
            if (oneIn(3)) {
                ask(_dm, anyId(), Wanted::REMOVED);
            }
            return;
        case 6: _queue.pushEvent<Poke>(ServiceId{anyId()}); return;
        case 7:
            _queue.pushEvent<RunFunctionEventAsync>(ServiceId{},
                                                    [id = ServiceId{anyId()}](DependencyManager &dm) { return await(dm, id); });
            return;
        default:
            _queue.advance(std::chrono::milliseconds{roll(8)});
            if (world.habits.mayQuit && oneIn(6)) {
                quit(_dm);
            }
        }
    }

    static Task<void> await(DependencyManager &dm, ServiceId id) {
        Count const count{world.waiters};
        Expected<void, StartError> const result = co_await dm.waitForStarted(id);
        expect(result.has_value() || !result.error().message().empty(), "says why it is not started", id.value);
        static_cast<void>(co_await dm.waitForStopped(id));
    }

    /// Until nothing is on its way.
    void settle() {
        for (int left = 300; !world.isQuitting && left > 0; --left) {
            _queue.advance(5ms);
            auto const all = _dm.getServiceInfo();
            bool const isSettled = std::all_of(all.begin(), all.end(), [](auto const &one) {
                ServiceState const state = one.second->getServiceState();
                return state == ServiceState::ACTIVE || state == ServiceState::INSTALLED;
            });
            if (isSettled) {
                checkAlways(_dm);
                if (!world.isQuitting) {
                    checkSettled(_dm);
                }
                static_cast<void>(_dm.explain().toString());
                static_cast<void>(_dm.graph().toJson());
                return;
            }
        }
        expect(world.isQuitting, "comes to rest");
    }

    void end() {
        for (std::size_t i = 0; i < _ids.size() && !world.isQuitting; ++i) {
            ask(_dm, _ids[i], Wanted::REMOVED);
        }
        settle();
        quit(_dm);
        for (int left = 300; left > 0 && _queue.advance(10ms); --left) {
            checkAlways(_dm);
        }
        checkAlways(_dm);
        expect(_dm.getServiceCount() == 0, "nobody is left at the end");
        expect(world.waiters == 0, "nobody waits at the end");
        expect(world.lives.empty(), "everybody was stopped");
    }

    VirtualTimeQueue _queue;
    DependencyManager &_dm = _queue.createManager();
    std::vector<std::uint64_t> _ids;
};

void playMany(std::uint64_t graphs, Habits habits) {
    std::uint64_t const chosen = Catch::rngSeed() != 0 ? Catch::rngSeed() : std::random_device{}();
    std::uint64_t const first = number("ICHOR_TEST_SEED", chosen);
    std::uint64_t const count = number("ICHOR_TEST_GRAPHS", graphs);
    std::fprintf(stderr, "%llu random graphs from seed %llu\n", static_cast<unsigned long long>(count),
                 static_cast<unsigned long long>(first));
    std::uint64_t starts = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        Game(seed, habits).play();
        starts += world.starts;
    }
    CHECK(starts > 0); // or nothing was played
}

} // namespace

TEST_CASE("Random graphs: 3,000 of them keep every promise under random requests", "[dependency_management]") {
    playMany(3000, {.mayFail = false});
}

TEST_CASE("Random graphs: 3,000 of them keep every promise while anything fails", "[dependency_management]") { playMany(3000, {}); }

TEST_CASE("Random graphs: 3,000 of them keep every promise when they quit midway", "[dependency_management]") {
    playMany(3000, {.mayFail = true, .mayQuit = true});
}
