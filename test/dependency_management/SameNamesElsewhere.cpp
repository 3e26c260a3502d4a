#include <dependency_management/SameNamesElsewhere.h>

namespace SameNames {

namespace {

using namespace Ichor;

struct Tick final : EventOf<Tick> {
    explicit Tick(long of) : number(of) {}
    char fill[64] = {}; // so that the number lies elsewhere
    long number;
};

struct IClock {
    virtual ~IClock() = default;
    virtual long year() const = 0;
};

class Clock final : public IClock {
public:
    long year() const override { return 1969; }
};

std::vector<long> numbers;

class Listener final {
public:
    Listener(DependencyManager &dm, IService &self) : _handler(dm.registerEventHandler<Tick>(this, self)) {}
    void handleEvent(Tick const &tick) { numbers.push_back(tick.number); }

private:
    EventHandlerRegistration _handler;
};

} // namespace

void addListener(DependencyManager &dm) {
    numbers.clear();
    dm.createServiceManager<Listener>();
}

void addClock(DependencyManager &dm) { dm.createServiceManager<Clock, IClock>(); }

void push(IEventQueue &queue, long number) { queue.pushEvent<Tick>(ServiceId{}, number); }

std::vector<long> const &heard() noexcept { return numbers; }

} // namespace SameNames
