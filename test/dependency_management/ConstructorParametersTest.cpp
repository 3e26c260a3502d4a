// What a constructor may take. What it may not is in test/misuse.

#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

#include <catch2/catch.hpp>

#include <ostream>
#include <streambuf>

using namespace Ichor;

namespace {

struct IFoo {
    virtual ~IFoo() = default;
};
struct Plain { // no virtual functions, and copyable
    int value = 7;
};
struct Declared;

class Foo final : public IFoo {};
class PlainProvider final : public Plain {};
class Stream final : public std::ostream {
public:
    Stream() : std::ostream(nullptr) {}
};

int started = 0;
int seen = 0;

class ByReference final {
public:
    ByReference(IFoo &, IFoo const &, Plain &plain, Plain const &) : _plain(&plain) { started += _plain == nullptr ? 0 : 1; }

private:
    Plain *_plain;
};
class ByPointer final {
public:
    ByPointer(IFoo *foo, IFoo const *constFoo, Plain const *plain) {
        seen = plain->value;
        started += foo == constFoo ? 1 : 0;
    }
};
class OfTheManager final {
public:
    OfTheManager(DependencyManager &dm, IEventQueue &queue, IService const &self, Properties settings, IFoo &) {
        started += &dm.getEventQueue() == &queue && &self.getProperties() != &settings ? 1 : 0;
    }
};
class OfPointers final {
public:
    OfPointers(DependencyManager *dm, IEventQueue *queue, IService *, Properties const *) {
        started += &dm->getEventQueue() == queue ? 1 : 0;
    }
};
class OfAStream final {
public:
    explicit OfAStream(std::ostream &) { ++started; }
};
class OfADeclaredOne final {
public:
    explicit OfADeclaredOne(Declared &) { ++started; }
};
class Listed final {
public:
    using Dependencies = ConstructorDependencies<IFoo &, Properties const &>;
    template <class A, class B>
    Listed(A &, B const &) {
        ++started;
    }
};

void createUserOfDeclared(DependencyManager &dm) { dm.createServiceManager<OfADeclaredOne>(); }

struct Declared {};
class DeclaredProvider final : public Declared {};

} // namespace

TEST_CASE("Constructor: takes interfaces, and what the manager has, by reference or pointer, const or not", "[di]") {
    started = 0;
    seen = 0;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<ByReference>();
    dm.createServiceManager<ByPointer>();
    dm.createServiceManager<OfTheManager>();
    dm.createServiceManager<OfPointers>();
    dm.createServiceManager<OfAStream>();
    dm.createServiceManager<Listed>();
    createUserOfDeclared(dm);
    dm.createServiceManager<Foo, IFoo>();
    dm.createServiceManager<PlainProvider, Plain>();
    dm.createServiceManager<Stream, std::ostream>();
    dm.createServiceManager<DeclaredProvider, Declared>();
    queue.pushPrioritisedEvent<QuitEvent>(ServiceId{}, Priority{DEFAULT_PRIORITY.value + 1000});
    queue.start();
    CHECK(started == 7);
    CHECK(seen == 7);
}
