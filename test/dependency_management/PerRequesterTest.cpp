#include <catch2/catch.hpp>
#include <ichor/Ichor.h>
#include <ichor/dependency_management/PerRequester.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <map>
#include <memory>
#include <set>

using namespace Ichor;

namespace {

struct IKey {
    virtual ~IKey() = default;
};

struct IDoor {
    virtual ~IDoor() = default;
};

struct Key final : IKey {};

/// The door is everybody's; keys are made for each.
class House final : public IDoor, public IKey, public PerRequester<IKey> {
public:
    House() { house = this; }
    ~House() override { house = nullptr; }

    IKey &instanceFor(IService &requester) override {
        ++made;
        return *keys.emplace(requester.getServiceId().value, std::make_unique<Key>()).first->second;
    }
    void releaseFor(IService &requester) noexcept override { keys.erase(requester.getServiceId().value); }

    static inline House *house = nullptr;
    static inline int made = 0;
    static inline std::map<std::uint64_t, std::unique_ptr<Key>> keys;
};

class Guest final {
public:
    Guest(IDoor &door, IKey &key, IService &self) : _key(key) {
        CHECK(&door == House::house);
        CHECK(&key == House::keys.at(self.getServiceId().value).get());
        CHECK(held.insert(&key).second);
    }
    ~Guest() { held.erase(&_key); }

    static inline std::set<IKey *> held;

private:
    IKey &_key;
};

/// The same, of a service with a life of its own.
class Neighbour final : public AdvancedService<Neighbour> {
public:
    Neighbour(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<IDoor>(this, DependencyFlags::REQUIRED);
        reg.registerDependency<IKey>(this, DependencyFlags::NONE);
    }

    void addDependencyInstance(IDoor &door, IService &) { CHECK(&door == House::house); }
    void removeDependencyInstance(IDoor &door, IService &) { CHECK(&door == House::house); }
    void addDependencyInstance(IKey &key, IService &) { CHECK(&key == House::keys.at(getServiceId().value).get()); }
    void removeDependencyInstance(IKey &key, IService &) { CHECK(&key == House::keys.at(getServiceId().value).get()); }
};

} // namespace

TEST_CASE("PerRequester: of two interfaces of one provider, the one is made for each requester and taken back, the other is shared",
          "[dependency_management]") {
    House::made = 0;
    VirtualTimeQueue queue;
    DependencyManager &manager = queue.createManager();
    ServiceId const house = manager.createServiceManager<House, IDoor, IKey>();
    ServiceId const guest = manager.createServiceManager<Guest>();
    manager.createServiceManager<Guest>();
    ServiceId const neighbour = manager.createServiceManager<Neighbour>();
    queue.runUntilIdle();
    CHECK(House::made == 3);
    CHECK(House::keys.size() == 3);
    CHECK(Guest::held.size() == 2);
    CHECK(manager.getService<IKey>(house) == static_cast<IKey *>(House::house));

    manager.stopService(guest);
    manager.stopService(neighbour);
    queue.runUntilIdle();
    CHECK(House::keys.size() == 1);

    manager.startService(neighbour);
    manager.startService(guest);
    queue.runUntilIdle();
    CHECK(House::made == 5);
    CHECK(House::keys.size() == 3);

    manager.stopService(house);
    queue.runUntilIdle();
    CHECK(House::keys.empty());
    CHECK(Guest::held.empty());
    manager.startService(house);
    queue.runUntilIdle();
    CHECK(House::keys.size() == 3);

    queue.quit();
    CHECK_FALSE(queue.runUntilIdle());
    CHECK(House::keys.empty());
}
