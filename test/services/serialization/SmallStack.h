#pragma once

#include <catch2/catch.hpp>

#include <cstddef>
#include <functional>

#include <pthread.h>

namespace JsonSamples {

/// Runs it on a thread with so much stack. Nothing is asserted there, nor here meanwhile: Catch knows one thread.
inline void runOnStack(std::size_t bytes, std::function<void()> work) {
    pthread_attr_t attributes;
    REQUIRE(::pthread_attr_init(&attributes) == 0);
    REQUIRE(::pthread_attr_setstacksize(&attributes, bytes) == 0);
    pthread_t thread;
    auto const run = [](void *function) -> void * {
        (*static_cast<std::function<void()> *>(function))();
        return nullptr;
    };
    int const created = ::pthread_create(&thread, &attributes, run, &work);
    int const joined = created == 0 ? ::pthread_join(thread, nullptr) : created;
    REQUIRE(created == 0);
    REQUIRE(joined == 0);
    ::pthread_attr_destroy(&attributes);
}

} // namespace JsonSamples
