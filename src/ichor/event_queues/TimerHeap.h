#pragma once

#include <ichor/base/Time.h>
#include <ichor/coroutines/TimerNode.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace Ichor::Detail {

/// The deadlines of a queue's timers, the nearest on top; of equal ones, the one that was armed first. Four children a node: half the
/// depth of a binary heap, and the children share a cache line or two.
///
/// Threads:   one at a time
class TimerHeap {
public:
    explicit TimerHeap(IResumer &resumer) noexcept : _resumer(resumer) {}
    TimerHeap(TimerHeap const &) = delete;
    TimerHeap &operator=(TimerHeap const &) = delete;
    ~TimerHeap();

    /// Takes the memory for so many.
    ///
    /// Errors:    std::bad_alloc
    void reserve(std::size_t timers) { _entries.reserve(timers); }

    /// One that is armed already is moved.
    ///
    /// Errors:    std::bad_alloc; then nothing has changed
    void arm(TimerNode &timer, TimePoint deadline);

    /// Nothing happens when it is not armed.
    void disarm(TimerNode &timer) noexcept;

    /// TimePoint::max() when there is none.
    [[nodiscard]] TimePoint nextDeadline() const noexcept { return _entries.empty() ? TimePoint::max() : _entries.front().deadline; }

    /// Disarms the first whose deadline has come and returns it; nullptr when there is none.
    [[nodiscard]] TimerNode *takeDue(TimePoint now) noexcept;

    [[nodiscard]] bool isEmpty() const noexcept { return _entries.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return _entries.size(); }

private:
    struct Entry {
        TimePoint deadline;
        std::uint64_t order;
        TimerNode *timer;

        [[nodiscard]] bool isBefore(Entry const &other) const noexcept {
            return deadline != other.deadline ? deadline < other.deadline : order < other.order;
        }
    };

    void place(std::size_t index, Entry const &entry) noexcept;
    void siftUp(std::size_t index, Entry entry) noexcept;
    void siftDown(std::size_t index, Entry entry) noexcept;
    void settle(std::size_t index, Entry entry) noexcept;

    IResumer &_resumer;
    std::vector<Entry> _entries;
    std::uint64_t _lastOrder = 0;
};

} // namespace Ichor::Detail
