#include <ichor/event_queues/QuitSignals.h>

#include <ichor/base/Contract.h>
#include <ichor/event_queues/EventLoop.h>
#include <ichor/event_queues/QuitSignalScope.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <mutex>
#include <thread>

namespace Ichor::Detail {

namespace {

constexpr std::array<int, 2> QUIT_SIGNALS{SIGINT, SIGTERM};
constexpr unsigned SIGNALS_FOR_LOOPS = 2;
constexpr std::size_t MAX_LOOPS = 256;

// What the handler may touch: lock-free atomics with static lifetime.
constinit std::array<std::atomic<EventLoop *>, MAX_LOOPS> loops{};
constinit std::atomic<unsigned> signalCount{0};
constinit std::atomic<unsigned> handlersRunning{0};
static_assert(std::atomic<EventLoop *>::is_always_lock_free && std::atomic<unsigned>::is_always_lock_free);

// What it may not.
constinit std::mutex mutex;
std::size_t captureCount = 0; // loops and scopes
std::array<struct sigaction, QUIT_SIGNALS.size()> actionsBefore{};

void onThirdSignal(int signal) noexcept {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signal, &action, nullptr);
    ::raise(signal); // delivered when the handler returns
}

void onSignal(int signal) noexcept {
    int before = errno;
    handlersRunning.fetch_add(1);
    unsigned const signals = signalCount.fetch_add(1) + 1;
    if (signals > SIGNALS_FOR_LOOPS) {
        onThirdSignal(signal);
    } else {
        for (std::atomic<EventLoop *> &slot : loops) {
            if (EventLoop *loop = slot.load()) loop->noteSignals(signals);
        }
    }
    handlersRunning.fetch_sub(1);
    errno = before;
}

void install() {
    signalCount.store(0);
    struct sigaction action {};
    action.sa_handler = [](int signal) { onSignal(signal); };
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    for (int signal : QUIT_SIGNALS) ::sigaddset(&action.sa_mask, signal);
    for (std::size_t i = 0; i < QUIT_SIGNALS.size(); ++i) ::sigaction(QUIT_SIGNALS[i], &action, &actionsBefore[i]);
}

void uninstall() noexcept {
    for (std::size_t i = 0; i < QUIT_SIGNALS.size(); ++i) ::sigaction(QUIT_SIGNALS[i], &actionsBefore[i], nullptr);
}

// Under the mutex.
void beginCapture() {
    if (captureCount++ == 0) install();
}

void endCapture() noexcept {
    if (--captureCount == 0) uninstall();
}

} // namespace

QuitSignals::QuitSignals(EventLoop &loop) : _loop(loop) {
    std::lock_guard lock(mutex);
    for (std::atomic<EventLoop *> &slot : loops) {
        if (slot.load() != nullptr) continue;
        beginCapture();
        slot.store(&loop);
        // What came before. A handler that counts later sees the slot; one that does both finds the loop told already.
        if (unsigned const signals = signalCount.load(); signals != 0) loop.noteSignals(signals);
        return;
    }
    contractViolation("more than 256 queues that capture SIGINT at once");
}

QuitSignals::~QuitSignals() {
    std::lock_guard lock(mutex);
    endCapture();
    for (std::atomic<EventLoop *> &slot : loops) {
        if (slot.load() == &_loop) slot.store(nullptr);
    }
    // A handler on another thread may have read the slot before; what it calls is short.
    while (handlersRunning.load() != 0) std::this_thread::yield();
}

} // namespace Ichor::Detail

namespace Ichor {

QuitSignalScope::QuitSignalScope() {
    std::lock_guard lock(Detail::mutex);
    Detail::beginCapture();
}

QuitSignalScope::~QuitSignalScope() {
    std::lock_guard lock(Detail::mutex);
    Detail::endCapture();
}

} // namespace Ichor
