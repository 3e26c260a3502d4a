#include <ichor/Config.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/StdoutLogger.h>

#include <cstdio>
#include <memory>
#include <string_view>

#if ICHOR_USE_MIMALLOC
#include <mimalloc.h>
#endif

using namespace Ichor;

struct IGreeter {
    virtual ~IGreeter() = default;
    virtual void greet(std::string_view who) = 0;
};

class Greeter final : public IGreeter {
public:
    explicit Greeter(ILogger &logger) : _logger(logger) {}
    void greet(std::string_view who) override { _logger.info("Hello, {}!", who); }

private:
    ILogger &_logger;
};

class App final {
public:
    App(IGreeter &greeter, IEventQueue &queue, IService &self) {
        greeter.greet("world");
        queue.pushEvent<QuitEvent>(self.getServiceId());
    }
};

static void printAllocator() {
    auto const something = std::make_unique<int>(1);
#if ICHOR_USE_MIMALLOC
    bool const isOurs = mi_is_in_heap_region(something.get());
#else
    bool const isOurs = false;
#endif
    std::printf("allocator: %s\n", isOurs ? "mimalloc" : "the system's");
}

int main() {
    printAllocator();
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<StdoutLogger>, ILoggerFactory>(Properties{{"DefaultLogLevel", LogLevel::LOG_INFO}});
    dm.createServiceManager<Greeter, IGreeter>();
    dm.createServiceManager<App>();
    return queue.start(CaptureSigInt);
}
