#include <catch2/catch.hpp>

#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct ILink {
    virtual ~ILink() = default;
};

int started = 0;
int stopped = 0;

/// A link of a chain, each one made for the link above it.
class ChainLink final : public ILink, public AdvancedService<ChainLink> {
public:
    ChainLink(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        if (!getProperties().contains("Last")) {
            reg.registerDependency<ILink>(this, DependencyFlags::REQUIRED);
        }
    }
    void addDependencyInstance(ILink &, IService &) {}
    void removeDependencyInstance(ILink &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        ++started;
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stopped;
        co_return;
    }
};

struct Loop {
    ~Loop() {
        dm.quit();
        static_cast<void>(queue.runUntilIdle());
    }
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
};

} // namespace

TEST_CASE("Lifecycle: a chain of 100,000 services starts, stops and starts again without deep recursion", "[dependency_management]") {
    constexpr int LENGTH = 100'000;
    started = stopped = 0;
    {
        Loop loop;
        ServiceId above = loop.dm.createServiceManager<ChainLink>();
        for (int i = 1; i < LENGTH; ++i) {
            Properties props;
            if (i == LENGTH - 1) {
                props.insert_or_assign("Last", true);
            }
            above = loop.dm.createServiceManager<ChainLink, ILink>(std::move(props), OnlyFor{above});
        }
        loop.queue.runUntilIdle();
        CHECK(started == LENGTH);
        CHECK(loop.dm.stopService(above));
        loop.queue.runUntilIdle();
        CHECK(stopped == LENGTH);
        CHECK(loop.dm.startService(above));
        loop.queue.runUntilIdle();
        CHECK(started == 2 * LENGTH);
    }
    CHECK(stopped == 2 * LENGTH);
}

namespace {

struct IA {
    virtual ~IA() = default;
};
struct IB {
    virtual ~IB() = default;
};
struct IC {
    virtual ~IC() = default;
};
struct ID {
    virtual ~ID() = default;
};

/// What a random test knows of one service, and checks as it goes.
struct Life {
    bool isRunning = false;
    int starts = 0;
    int stops = 0;
    std::set<std::uint64_t> injected;
};

std::map<std::uint64_t, Life> lives;
std::mt19937_64 *dice = nullptr;

unsigned roll(unsigned sides) { return static_cast<unsigned>((*dice)() % sides); }

/// A service with random dependencies that sometimes fails, throws, suspends, or asks for something in its callbacks.
template <typename Provides>
class Random final : public Provides, public AdvancedService<Random<Provides>> {
    using Base = AdvancedService<Random<Provides>>;

public:
    Random(DependencyRegister &reg, Properties props) : Base(std::move(props)) {
        unsigned const below = levelOf<Provides>();
        if (below > 0) {
            add<IA>(reg, 0, below);
        }
        if (below > 1) {
            add<IB>(reg, 1, below);
        }
        if (below > 2) {
            add<IC>(reg, 2, below);
        }
        if (roll(6) == 0) {
            reg.template registerDependency<ID>(this, DependencyFlags::NONE);
        } // against the order: optional
        lives[this->getServiceId().value] = {};
    }
    ~Random() override { lives.erase(this->getServiceId().value); }

    template <typename I>
    void addDependencyInstance(I &, IService &provider) {
        Life &life = lives.at(this->getServiceId().value);
        CHECK(lives.at(provider.getServiceId().value).isRunning);
        misbehave(provider); // what throws here counts as not injected
        CHECK(life.injected.insert(provider.getServiceId().value).second);
    }
    template <typename I>
    void removeDependencyInstance(I &, IService &provider) {
        CHECK(lives.at(this->getServiceId().value).injected.erase(provider.getServiceId().value) == 1);
        CHECK(lives.at(provider.getServiceId().value).isRunning); // it outlives its use
        misbehave(provider);
    }

private:
    template <typename P>
    static constexpr unsigned levelOf() {
        if constexpr (std::is_same_v<P, IA>) {
            return 0;
        }
        if constexpr (std::is_same_v<P, IB>) {
            return 1;
        }
        if constexpr (std::is_same_v<P, IC>) {
            return 2;
        }
        return 3;
    }

    template <typename I>
    void add(DependencyRegister &reg, unsigned, unsigned) {
        if (roll(2) == 0) {
            return;
        }
        constexpr DependencyFlags FLAGS[]{DependencyFlags::NONE, DependencyFlags::REQUIRED, DependencyFlags::ALLOW_MULTIPLE,
                                          DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE};
        reg.template registerDependency<I>(this, FLAGS[roll(4)]);
    }

    void misbehave(IService &other) {
        DependencyManager &dm = this->getManager();
        switch (roll(60)) {
        case 0: dm.stopService(this->getServiceId()); break;
        case 1: dm.removeService(this->getServiceId()); break;
        case 2: dm.stopService(other.getServiceId()); break;
        case 3: dm.removeService(other.getServiceId()); break;
        case 4: throw std::runtime_error("at random");
        default: break;
        }
    }

    Task<Expected<void, StartError>> start() override {
        if (roll(4) == 0) {
            co_await sleepFor(std::chrono::milliseconds{roll(5)});
        }
        if (roll(12) == 0) {
            co_return Base::fail("at random");
        }
        if (roll(12) == 0) {
            throw std::runtime_error("at random");
        }
        Life &life = lives.at(this->getServiceId().value);
        CHECK_FALSE(life.isRunning);
        life.isRunning = true;
        ++life.starts;
        if (roll(3) == 0) {
            this->spawn(background());
        }
        co_return Expected<void, StartError>{};
    }

    Task<void> stop() override {
        CHECK(lives.at(this->getServiceId().value).isRunning);
        CHECK(_inBackground == 0); // its coroutines have ended
        ++lives.at(this->getServiceId().value).stops;
        if (roll(4) == 0) {
            co_await sleepFor(std::chrono::milliseconds{roll(5)});
        }
        lives.at(this->getServiceId().value).isRunning = false;
        if (roll(12) == 0) {
            throw std::runtime_error("at random");
        }
    }

    Task<void> background() {
        struct Count {
            explicit Count(int &of) : at(of) { ++at; }
            ~Count() { --at; }
            int &at;
        } const count{_inBackground};
        for (;;) {
            co_await sleepFor(1ms);
        }
    }

    int _inBackground = 0;
};

ServiceId createRandom(DependencyManager &dm) {
    switch (roll(4)) {
    case 0: return dm.createServiceManager<Random<IA>, IA>({}, Priority{900 + roll(3) * 100});
    case 1: return dm.createServiceManager<Random<IB>, IB>({}, Priority{900 + roll(3) * 100});
    case 2: return dm.createServiceManager<Random<IC>, IC>({}, Priority{900 + roll(3) * 100});
    default: return dm.createServiceManager<Random<ID>, ID>();
    }
}

void playRandomly(std::uint64_t seed) {
    INFO("seed " << seed);
    std::mt19937_64 generator{seed};
    dice = &generator;
    lives.clear();
    {
        Loop loop;
        std::vector<ServiceId> ids;
        for (int step = 0; step < 60; ++step) {
            switch (roll(6)) {
            case 0:
            case 1: ids.push_back(createRandom(loop.dm)); break;
            case 2:
                if (!ids.empty()) {
                    loop.dm.stopService(ids[roll(static_cast<unsigned>(ids.size()))]);
                }
                break;
            case 3:
                if (!ids.empty()) {
                    loop.dm.startService(ids[roll(static_cast<unsigned>(ids.size()))]);
                }
                break;
            case 4:
                if (!ids.empty() && roll(3) == 0) {
                    loop.dm.removeService(ids[roll(static_cast<unsigned>(ids.size()))]);
                }
                break;
            default: loop.queue.advance(std::chrono::milliseconds{roll(8)}); break;
            }
            loop.queue.runUntilIdle();
            for (auto const &[id, service] : loop.dm.getServiceInfo()) {
                Life const &life = lives.at(id.value);
                if (service->getServiceState() == ServiceState::ACTIVE) {
                    CHECK(life.isRunning);
                }
                if (service->getServiceState() == ServiceState::INSTALLED) {
                    CHECK(life.starts == life.stops);
                }
                for (std::uint64_t const provider : life.injected) {
                    CHECK(lives.at(provider).isRunning);
                }
            }
        }
        loop.dm.quit();
        while (loop.queue.advance(10ms)) {}
        CHECK(lives.empty());
    }
}

} // namespace

TEST_CASE("Lifecycle: random graphs under random requests and failures keep every promise", "[dependency_management]") {
    std::uint64_t const first = std::random_device{}();
    for (std::uint64_t seed = first; seed < first + 300; ++seed) {
        playRandomly(seed);
    }
}
