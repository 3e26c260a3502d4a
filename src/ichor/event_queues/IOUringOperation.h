#pragma once

#include <ichor/base/IntrusiveList.h>

struct io_uring_sqe;

namespace Ichor::Detail {

/// Something that the kernel is asked to do, whose address is what the kernel gives back with each completion.
///
/// Threads:   the queue's own
/// Lifetime:  from IOUringRing::start() until its last completion
class IOUringOperation {
public:
    IOUringOperation() noexcept = default;
    IOUringOperation(IOUringOperation const &) = delete;
    IOUringOperation &operator=(IOUringOperation const &) = delete;

    /// Fills in what is wanted. Called once a start, at once or when there is room.
    virtual void prepare(io_uring_sqe &entry) noexcept = 0;

    /// `result` is a system call's, with -errno for its errors. The operation goes on while `flags` has IORING_CQE_F_MORE.
    virtual void onCompletion(int result, unsigned flags) noexcept = 0;

    ListHook backlogHook; // linked while there is no room for it in the ring

protected:
    ~IOUringOperation() = default;
};

} // namespace Ichor::Detail
