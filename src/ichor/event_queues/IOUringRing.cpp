#include <ichor/event_queues/IOUringRing.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ichor/Config.h>
#include <memory>
#include <string>
#include <system_error>

#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace Ichor::Detail {

namespace {

using Tasks = IOUringOptions::Tasks;

// The kernel reads and writes these too, so each is read anew.
unsigned flagsOf(io_uring const &ring) noexcept { return __atomic_load_n(ring.sq.kflags, __ATOMIC_RELAXED); }

unsigned setupFlagsOf(Tasks tasks) noexcept {
    switch (tasks) {
    // The thread that enables the ring is the one issuer. It need not be the one that constructs it.
    case Tasks::DEFERRED:
        return IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
               IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL;
    case Tasks::COOPERATIVE:
        return IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL;
    case Tasks::PLAIN: break;
    }
    return IORING_SETUP_R_DISABLED;
}

char const *nameOf(Tasks tasks) noexcept {
    switch (tasks) {
    case Tasks::DEFERRED: return "single issuer, deferred task work";
    case Tasks::COOPERATIVE: return "cooperative task work";
    case Tasks::PLAIN: break;
    }
    return "plain task work";
}

std::string kernelName() {
    utsname name{};
    return ::uname(&name) == 0 ? std::string("Linux ") + name.release : std::string("this kernel");
}

// Multishot receive came with the same version as this one, and has no sign of its own.
bool hasMultishotReceive(io_uring &ring) noexcept {
    struct Free {
        void operator()(io_uring_probe *probe) const noexcept { io_uring_free_probe(probe); }
    };
    std::unique_ptr<io_uring_probe, Free> const probe(io_uring_get_probe_ring(&ring));
    return probe != nullptr && io_uring_opcode_supported(probe.get(), IORING_OP_SEND_ZC) != 0;
}

// The library maps and unmaps rings by system calls of its own, which the thread sanitizer does not see: for it, a ring that the kernel
// puts where another thread's one was is still that one. So whoever gets an address is told to come after whoever gave it back.
void handOverAddresses() noexcept {
    if constexpr (ICHOR_USE_THREAD_SANITIZER) {
        static constinit std::atomic<unsigned> turns{0};
        turns.fetch_add(1, std::memory_order_acq_rel);
    }
}

void close(io_uring &ring) noexcept {
    handOverAddresses();
    io_uring_queue_exit(&ring);
}

} // namespace

IOUringRing::IOUringRing(IOUringOptions const &options) {
    int error = -EINVAL;
    for (Tasks tasks : {Tasks::DEFERRED, Tasks::COOPERATIVE, Tasks::PLAIN}) {
        if (tasks < options.tasks) continue;
        error = setUp(options, tasks);
        if (error != -EINVAL) break; // which is how a kernel says that it does not know a flag
    }
    if (error != 0) throw std::system_error(-error, std::system_category(), "io_uring cannot be set up");
    // Multishot poll came with the same version as this.
    if ((_ring.features & IORING_FEAT_RSRC_TAGS) == 0) {
        close(_ring);
        throw std::system_error(ENOSYS, std::system_category(), "io_uring of a kernel before 5.13");
    }
    describe(options);
}

IOUringRing::~IOUringRing() {
    close(_ring);
    while (_backlog.popFront() != nullptr) {}
}

int IOUringRing::setUp(IOUringOptions const &options, Tasks tasks) noexcept {
    io_uring_params parameters{};
    parameters.flags = setupFlagsOf(tasks) | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
    parameters.cq_entries = std::max(options.completionEntries, options.submissionEntries);
    int const error = io_uring_queue_init_params(options.submissionEntries, &_ring, &parameters);
    if (error != 0) return error;
    handOverAddresses();
    _support.tasks = tasks;
    _tellsOfTasks = tasks != Tasks::PLAIN;
    return 0;
}

void IOUringRing::describe(IOUringOptions const &options) {
    _support.isUsable = true;
    _support.hasCompletionSockets = options.sockets == IOUringOptions::Sockets::COMPLETIONS && hasMultishotReceive(_ring);
    _support.description = kernelName() + ", " + nameOf(_support.tasks) +
                           (_support.hasCompletionSockets ? ", multishot receive into provided buffers" : ", sockets by readiness");
}

void IOUringRing::enable() noexcept {
    // The library declares this call, but version 2.3 does not export it.
    ::syscall(__NR_io_uring_register, _ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
    io_uring_register_ring_fd(&_ring); // saves a look-up a call where the kernel has it
    _isEnabled = true;
}

void IOUringRing::release() noexcept {
    cancelAll();
    // It is registered with this thread, and its number may be another ring's on another one.
    if (_ring.enter_ring_fd != _ring.ring_fd) io_uring_unregister_ring_fd(&_ring);
    _isEnabled = false;
}

// When a ring is closed the kernel ends what is in flight some time later, and until then may write to memory that is somebody else's by
// now.
void IOUringRing::cancelAll() noexcept {
    constexpr int MAXIMUM_ROUNDS = 64;
    io_uring_sync_cancel_reg all{};
    all.fd = -1;
    all.flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
    all.timeout.tv_sec = 1;
    if (io_uring_register_sync_cancel(&_ring, &all) < 0) return; // a kernel before 6.0, or there is nothing
    for (int rounds = 0; rounds < MAXIMUM_ROUNDS && _activeCount != 0; ++rounds) {
        io_uring_get_events(&_ring);
        unsigned const count = io_uring_cq_ready(&_ring);
        for (unsigned i = 0; i < count; ++i) {
            io_uring_cqe const &completion = _ring.cq.cqes[(*_ring.cq.khead + i) & _ring.cq.ring_mask];
            if (completion.user_data != 0 && (completion.flags & IORING_CQE_F_MORE) == 0) --_activeCount;
        }
        io_uring_cq_advance(&_ring, count);
    }
}

void IOUringRing::start(IOUringOperation &operation) noexcept {
    ++_activeCount;
    if (_backlog.isEmpty() && prepare(operation)) return;
    _backlog.pushBack(operation);
}

bool IOUringRing::prepare(IOUringOperation &operation) noexcept {
    io_uring_sqe *entry = io_uring_get_sqe(&_ring);
    if (entry == nullptr && _isEnabled) {
        ++_fullCount;
        io_uring_submit(&_ring);
        entry = io_uring_get_sqe(&_ring);
    }
    if (entry == nullptr) return false;
    operation.prepare(*entry);
    io_uring_sqe_set_data(entry, &operation);
    return true;
}

void IOUringRing::prepareBacklog() noexcept {
    while (!_backlog.isEmpty()) {
        IOUringOperation &first = _backlog.front();
        if (!prepare(first)) return;
        _backlog.remove(first);
    }
}

void IOUringRing::noteOverflow() noexcept {
    if ((flagsOf(_ring) & IORING_SQ_CQ_OVERFLOW) != 0) ++_overflowCount;
}

void IOUringRing::submit() noexcept {
    if (!_isEnabled) return;
    prepareBacklog();
    noteOverflow();
    io_uring_submit_and_get_events(&_ring);
}

void IOUringRing::wait(Duration timeout) noexcept {
    prepareBacklog();
    noteOverflow();
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    __kernel_timespec limit{.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
    io_uring_cqe *first = nullptr;
    // Interrupted, out of time or with something completed: the loop looks at all of it anyway.
    io_uring_submit_and_wait_timeout(&_ring, &first, 1, timeout < Duration::zero() ? nullptr : &limit, nullptr);
}

bool IOUringRing::needsSubmit() noexcept {
    if (!_backlog.isEmpty() || io_uring_sq_ready(&_ring) != 0 || !_tellsOfTasks) return true;
    return (flagsOf(_ring) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

bool IOUringRing::hasNews() noexcept {
    return io_uring_cq_ready(&_ring) != 0 || (flagsOf(_ring) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

bool IOUringRing::complete() noexcept {
    unsigned const count = io_uring_cq_ready(&_ring);
    for (unsigned i = 0; i < count; ++i) {
        io_uring_cqe const completion = _ring.cq.cqes[*_ring.cq.khead & _ring.cq.ring_mask];
        io_uring_cq_advance(&_ring, 1);
        // The operations of many connections lie far apart: the next one's memory is asked for while this one is called.
        if (i + 1 < count) __builtin_prefetch(reinterpret_cast<void *>(_ring.cq.cqes[*_ring.cq.khead & _ring.cq.ring_mask].user_data));
        auto *const operation = reinterpret_cast<IOUringOperation *>(completion.user_data);
        if (operation == nullptr) continue;
        if ((completion.flags & IORING_CQE_F_MORE) == 0) --_activeCount;
        operation->onCompletion(completion.res, completion.flags);
    }
    return count != 0;
}

bool IOUringRing::hasUnseen(IOUringOperation const &operation) noexcept {
    unsigned const count = io_uring_cq_ready(&_ring);
    for (unsigned i = 0; i < count; ++i) {
        if (_ring.cq.cqes[(*_ring.cq.khead + i) & _ring.cq.ring_mask].user_data == reinterpret_cast<std::uintptr_t>(&operation))
            return true;
    }
    return (flagsOf(_ring) & IORING_SQ_CQ_OVERFLOW) != 0;
}

} // namespace Ichor::Detail
