# Every switch of the project.
#   choices       ON or OFF
#   dependencies  AUTO (built when the dependency is there), ON (an error when it is not) or OFF
include_guard(GLOBAL)

# Choices that travel with the installed package, in ichor/Config.h or on its targets.
option(ICHOR_USE_ABSEIL "Abseil's hash containers in place of the standard ones" OFF)
option(ICHOR_USE_MIMALLOC "mimalloc in place of the C library's allocator" OFF)
option(ICHOR_USE_HARDENING "Stack protector, _FORTIFY_SOURCE, library assertions, full RELRO" OFF)
option(ICHOR_DISABLE_RTTI "Compile with -fno-rtti, and users of the library too" OFF)

# Choices about this build alone.
option(ICHOR_USE_SANITIZERS "Address and undefined behaviour sanitizers" OFF)
option(ICHOR_USE_THREAD_SANITIZER "Thread sanitizer" OFF)
option(ICHOR_WARNINGS_AS_ERRORS "Warnings in Ichor's own code stop the build" OFF)
option(ICHOR_BUILD_EXAMPLES "Build the example programs" ${PROJECT_IS_TOP_LEVEL})
option(ICHOR_BUILD_BENCHMARKS "Build the benchmark programs" ${PROJECT_IS_TOP_LEVEL})
option(ICHOR_BUILD_TESTING "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(ICHOR_BUILD_FUZZERS "Build the fuzzers, which takes clang and the tests" OFF)
option(ICHOR_INSTALL "Make install rules and a package for find_package" ${PROJECT_IS_TOP_LEVEL})

set(ICHOR_ARCH_OPTIMIZATION OFF CACHE STRING "Which processors the machine code may be made for")
set(ICHOR_ARCH_VALUES OFF NATIVE X86_64 X86_64_SSE4 X86_64_AVX2 X86_64_AVX512 MODERN_ARM_GENERIC)
set_property(CACHE ICHOR_ARCH_OPTIMIZATION PROPERTY STRINGS ${ICHOR_ARCH_VALUES})

function(_ichor_dependency_switch name text)
    set(${name} AUTO CACHE STRING "${text}: AUTO, ON or OFF")
    set_property(CACHE ${name} PROPERTY STRINGS AUTO ON OFF)
endfunction()
_ichor_dependency_switch(ICHOR_USE_BOOST_BEAST "HTTP with Boost.Beast, and the queue on Boost.Asio")
_ichor_dependency_switch(ICHOR_USE_LIBURING "The queue on io_uring, with liburing")
_ichor_dependency_switch(ICHOR_USE_HIREDIS "Redis with hiredis")
_ichor_dependency_switch(ICHOR_USE_SPDLOG "Loggers that write through spdlog")
_ichor_dependency_switch(ICHOR_USE_RAPIDJSON "JSON serialization with RapidJSON")
_ichor_dependency_switch(ICHOR_USE_BOOST_JSON "JSON serialization with Boost.JSON")

if(ICHOR_USE_SANITIZERS AND ICHOR_USE_THREAD_SANITIZER)
    message(FATAL_ERROR "ICHOR_USE_SANITIZERS and ICHOR_USE_THREAD_SANITIZER exclude each other: a program runs under one of them.")
endif()
if(ICHOR_USE_MIMALLOC AND (ICHOR_USE_SANITIZERS OR ICHOR_USE_THREAD_SANITIZER))
    message(FATAL_ERROR "ICHOR_USE_MIMALLOC hides allocations from the sanitizers: switch one of them off.")
endif()
if(NOT ICHOR_ARCH_OPTIMIZATION IN_LIST ICHOR_ARCH_VALUES)
    list(JOIN ICHOR_ARCH_VALUES ", " values)
    message(FATAL_ERROR "ICHOR_ARCH_OPTIMIZATION=${ICHOR_ARCH_OPTIMIZATION} is unknown. Known: ${values}.")
endif()
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()
