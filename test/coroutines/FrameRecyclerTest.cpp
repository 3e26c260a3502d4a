#include <catch2/catch.hpp>
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/coroutines/Task.h>

#include <cstring>
#include <deque>
#include <thread>
#include <vector>

using namespace Ichor;
using Ichor::Detail::FrameRecycler;

namespace {

Task<int> something(int value) { co_return value; }

} // namespace

TEST_CASE("FrameRecycler: memory of every size is usable, given back in any order, and given out again", "[coroutines]") {
    for (int round = 0; round < 3; ++round) {
        std::deque<std::pair<void *, std::size_t>> frames;
        for (std::size_t size = 1; size < 5000; size += 37) {
            frames.emplace_back(FrameRecycler::allocate(size), size);
            std::memset(frames.back().first, round, size);
        }
        while (!frames.empty()) {
            FrameRecycler::deallocate(frames.front().first, frames.front().second);
            frames.pop_front();
            if (frames.empty()) break;
            FrameRecycler::deallocate(frames.back().first, frames.back().second);
            frames.pop_back();
        }
    }
    FrameRecycler::clear();
}

TEST_CASE("FrameRecycler: coroutines may be destroyed on another thread, and more of them than are kept", "[coroutines]") {
    for (int round = 0; round < 5; ++round) {
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 5000; ++i) tasks.push_back(something(i));
        std::thread([moved = std::move(tasks)]() mutable { moved.clear(); }).join();
    }
}

TEST_CASE("FrameRecycler: what a thread is let keep more it gives back, whether it keeps it at that time or not", "[coroutines]") {
    std::thread([] {
        std::vector<void *> frames(500);
        for (bool areKept : {false, true}) {
            FrameRecycler::raise(300);
            for (void *&frame : frames) frame = FrameRecycler::allocate(1'000);
            if (areKept) {
                for (void *frame : frames) FrameRecycler::deallocate(frame, 1'000);
            }
            FrameRecycler::lower(300);
            if (!areKept) {
                for (void *frame : frames) FrameRecycler::deallocate(frame, 1'000);
            }
        }
        FrameRecycler::raise(1);
    }).join();                 // what it keeps is freed with it
    FrameRecycler::lower(300); // a thread that was never raised
}
