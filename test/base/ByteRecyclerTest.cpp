#include <catch2/catch.hpp>
#include <ichor/Config.h>
#include <ichor/base/ByteRecycler.h>

#include <thread>

using namespace Ichor;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytesOf(std::size_t capacity) {
    Bytes bytes;
    bytes.reserve(capacity);
    bytes.push_back(1);
    return bytes;
}

/// Gives what it still has when its thread ends, after the recycler of that thread has gone.
struct GivesLate {
    ~GivesLate() { ByteRecycler::give(bytesOf(64)); }
};

void runOnFreshThread(void (*test)()) { std::thread(test).join(); }

} // namespace

TEST_CASE("ByteRecycler: bytes that were given are taken again, empty", "[base]") {
    runOnFreshThread([] {
        CHECK(ByteRecycler::take().capacity() == 0);
        ByteRecycler::give(bytesOf(100));
        Bytes const taken = ByteRecycler::take();
        CHECK(taken.empty());
        bool const keeps = !ICHOR_USE_SANITIZERS && !ICHOR_USE_THREAD_SANITIZER;
        CHECK((taken.capacity() >= 100) == keeps);
        CHECK(ByteRecycler::take().capacity() == 0);
    });
}

TEST_CASE("ByteRecycler: a copy lies in memory that was kept, when there is some", "[base]") {
    runOnFreshThread([] {
        Bytes const bytes{1, 2, 3};
        CHECK(ByteRecycler::copyOf(bytes) == bytes);
        CHECK(ByteRecycler::copyOf({}).empty());
        ByteRecycler::give(bytesOf(100));
        CHECK(ByteRecycler::copyOf(bytes) == bytes);
        CHECK(ByteRecycler::take().capacity() == 0);
    });
}

TEST_CASE("ByteRecycler: what is too large, and more than it keeps, is freed", "[base]") {
    runOnFreshThread([] {
        ByteRecycler::give(bytesOf(ByteRecycler::MAXIMUM_CAPACITY + 1));
        CHECK(ByteRecycler::take().capacity() == 0);
        for (std::size_t i = 0; i < 2 * ByteRecycler::MAXIMUM_KEPT; ++i) ByteRecycler::give(bytesOf(10));
        std::size_t count = 0;
        while (ByteRecycler::take().capacity() != 0) ++count;
        CHECK(count <= ByteRecycler::MAXIMUM_KEPT);
    });
}

TEST_CASE("ByteRecycler: bytes may be given on another thread, and while a thread ends", "[base]") {
    Bytes bytes = bytesOf(100);
    std::thread([given = std::move(bytes)]() mutable {
        thread_local GivesLate givesLate; // constructed before the recycler's own, and so destroyed behind it
        static_cast<void>(givesLate);
        ByteRecycler::give(std::move(given));
    }).join();
    CHECK(ByteRecycler::take().size() == 0);
}
