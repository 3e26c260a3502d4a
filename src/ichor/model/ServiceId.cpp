#include <ichor/model/ServiceId.h>

#include <ichor/base/Time.h>

#include <bit>
#include <cstdio>
#include <sys/random.h>

namespace Ichor {

namespace {

// xoroshiro128++: ids need to differ, not to be secret, and 20,000 services want one each.
struct Generator {
    std::uint64_t state[2]{};

    Generator() noexcept {
        if (::getrandom(state, sizeof(state), GRND_NONBLOCK) == sizeof(state) && (state[0] | state[1]) != 0) return;
        // The system has no randomness yet (early boot): the place of this thread's state and the time tell threads and runs apart.
        state[0] = reinterpret_cast<std::uintptr_t>(this) | 1;
        state[1] = static_cast<std::uint64_t>(TimePoint::clock::now().time_since_epoch().count());
    }

    std::uint64_t next() noexcept {
        std::uint64_t const first = state[0];
        std::uint64_t second = state[1];
        std::uint64_t const result = std::rotl(first + second, 17) + first;
        second ^= first;
        state[0] = std::rotl(first, 49) ^ second ^ (second << 21);
        state[1] = std::rotl(second, 28);
        return result;
    }
};

} // namespace

ServiceGid ServiceGid::generate() noexcept {
    thread_local Generator generator;
    // RFC 9562 section 5.4: four bits say version 4, two bits say the variant.
    ServiceGid id;
    id.high = (generator.next() & 0xffff'ffff'ffff'0fffULL) | 0x4000ULL;
    id.low = (generator.next() & 0x3fff'ffff'ffff'ffffULL) | 0x8000'0000'0000'0000ULL;
    return id;
}

std::string toString(ServiceGid const &id) {
    char text[37];
    std::snprintf(text, sizeof(text), "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(id.high >> 32),
                  static_cast<unsigned>((id.high >> 16) & 0xffff), static_cast<unsigned>(id.high & 0xffff),
                  static_cast<unsigned>(id.low >> 48), static_cast<unsigned long long>(id.low & 0xffff'ffff'ffffULL));
    return text;
}

} // namespace Ichor
