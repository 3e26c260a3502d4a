#pragma once

#include <catch2/catch.hpp>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <iterator>

namespace Ichor::Testing {

/// Counts those of its kind that live, as a local of a coroutine does.
class Counted {
public:
    explicit Counted(std::atomic<int> &alive) : _alive(alive) { ++_alive; }
    Counted(Counted const &) = delete;
    Counted &operator=(Counted const &) = delete;
    ~Counted() { --_alive; }

private:
    std::atomic<int> &_alive;
};

/// How many the process has.
inline std::size_t descriptorCount() {
    auto const entries = std::filesystem::directory_iterator("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

/// Declared first in a test: what was opened after it is closed again when it goes.
class NoDescriptorLeft {
public:
    NoDescriptorLeft() = default;
    NoDescriptorLeft(NoDescriptorLeft const &) = delete;
    NoDescriptorLeft &operator=(NoDescriptorLeft const &) = delete;
    ~NoDescriptorLeft() { CHECK(descriptorCount() == _before); }

private:
    std::size_t _before = descriptorCount();
};

} // namespace Ichor::Testing
