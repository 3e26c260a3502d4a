// Coroutines that a base class of a service defines, or its interface, end with the service, also when a service calls them that lives on.

#include <catch2/catch.hpp>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <string>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

int alive = 0; // objects whose coroutines are watched
int endedInTime = 0;
int endedTooLate = 0;
int cancelled = 0;
int results = 0;

void clear() { alive = endedInTime = endedTooLate = cancelled = results = 0; }

struct Life {
    Life() { ++alive; }
    ~Life() { --alive; }
    Life(Life const &) = delete;
    Life &operator=(Life const &) = delete;
};

/// In a coroutine: sees whether that ends while its object is there.
struct Watch {
    Watch() = default;
    ~Watch() { ++(alive > 0 ? endedInTime : endedTooLate); }
    Watch(Watch const &) = delete;
    Watch &operator=(Watch const &) = delete;
};

struct IStore {
    virtual ~IStore() = default;
    virtual Task<int> read() = 0;
};
class StoreBase : public IStore {
public:
    Task<int> read() override {
        Watch const watch;
        co_await sleepFor(1s);
        co_return 1;
    }

private:
    Life _life;
};
class FileStore final : public StoreBase {};

struct INamed {
    virtual ~INamed() = default;
    std::string name = "of the first base, which is in front of the second";
};
class NamedStore final : public INamed, public StoreBase {};

/// An interface that can already do something.
class IArchive {
public:
    virtual ~IArchive() = default;
    virtual Task<int> read() {
        Watch const watch;
        co_await sleepFor(1s);
        co_return 1;
    }

private:
    Life _life;
};
class Archive final : public IArchive {};

/// Does without what it reads from, if need be.
template <typename I>
class Reader final : public AdvancedService<Reader<I>> {
public:
    Reader(DependencyRegister &reg, Properties props) : AdvancedService<Reader<I>>(std::move(props)) {
        reg.registerDependency<I>(this, DependencyFlags::NONE);
    }
    void addDependencyInstance(I &source, IService &) { this->spawn(readFrom(source)); }
    void removeDependencyInstance(I &, IService &) {}

private:
    Task<void> readFrom(I &source) {
        try {
            int const value = co_await source.read();
            results += value;
        } catch (Cancelled const &) {
            ++cancelled;
        }
    }
};

template <typename Provider, typename I>
void removeWhileItIsRead() {
    clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    ServiceId const reader = dm.createServiceManager<Reader<I>>();
    ServiceId const provider = dm.createServiceManager<Provider, I>();
    queue.runUntilIdle();
    REQUIRE(alive == 1);
    CHECK(endedInTime == 0);
    dm.removeService(provider);
    queue.runUntilIdle();
    CHECK(alive == 0);
    CHECK(endedInTime == 1);
    CHECK(cancelled == 1);
    queue.advance(2s);
    CHECK(endedTooLate == 0);
    CHECK(results == 0);
    CHECK(dm.getIService(reader)->getServiceState() == ServiceState::ACTIVE);

    dm.createServiceManager<Provider, I>();
    queue.advance(2s);
    CHECK(results == 1); // nothing ends that one
    dm.quit();
    queue.runUntilIdle();
    CHECK(endedTooLate == 0);
}

} // namespace

TEST_CASE("Base coroutines: one of a base class of a plain service ends with the service", "[dependency_management]") {
    removeWhileItIsRead<FileStore, IStore>();
    removeWhileItIsRead<NamedStore, IStore>();
}

TEST_CASE("Base coroutines: one that the interface itself defines ends with the service", "[dependency_management]") {
    removeWhileItIsRead<Archive, IArchive>();
}
