# How Ichor's own code is compiled. Two interface targets carry it:
#   ichor_own_code      warnings, hardening, processor: for our libraries, tests and programs, never for users
#   ichor_must_match    what a user's code has to be compiled or linked with too, since the library was
include_guard(GLOBAL)

add_library(ichor_own_code INTERFACE)
add_library(ichor_must_match INTERFACE)
set_target_properties(ichor_must_match PROPERTIES EXPORT_NAME must_match)

target_compile_options(ichor_own_code INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual)
# Not -Wnull-dereference: g++ 12 sees them inside the standard library, on paths that inlining made up.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 sees an overlap in `string = "literal"` (its bug 105651).
    target_compile_options(ichor_own_code INTERFACE -Wno-restrict)
endif()
if(ICHOR_WARNINGS_AS_ERRORS)
    target_compile_options(ichor_own_code INTERFACE -Werror)
endif()

set(_ichor_march_NATIVE -march=native)
set(_ichor_march_X86_64 -march=x86-64 -mtune=generic)
set(_ichor_march_X86_64_SSE4 -march=x86-64-v2 -mtune=generic)
set(_ichor_march_X86_64_AVX2 -march=x86-64-v3 -mtune=generic)
set(_ichor_march_X86_64_AVX512 -march=x86-64-v4 -mtune=generic)
set(_ichor_march_MODERN_ARM_GENERIC -march=armv8.2-a+fp16+rcpc+dotprod+crypto)
if(ICHOR_ARCH_OPTIMIZATION)
    include(CheckCXXSourceCompiles)
    set(CMAKE_REQUIRED_FLAGS "${_ichor_march_${ICHOR_ARCH_OPTIMIZATION}}")
    list(JOIN CMAKE_REQUIRED_FLAGS " " CMAKE_REQUIRED_FLAGS)
    check_cxx_source_compiles("int main() {}" ICHOR_ARCH_${ICHOR_ARCH_OPTIMIZATION}_WORKS)
    if(NOT ICHOR_ARCH_${ICHOR_ARCH_OPTIMIZATION}_WORKS)
        message(FATAL_ERROR "ICHOR_ARCH_OPTIMIZATION=${ICHOR_ARCH_OPTIMIZATION}: this compiler does not take ${CMAKE_REQUIRED_FLAGS}.")
    endif()
    unset(CMAKE_REQUIRED_FLAGS)
    target_compile_options(ichor_own_code INTERFACE ${_ichor_march_${ICHOR_ARCH_OPTIMIZATION}})
endif()

if(ICHOR_USE_HARDENING)
    target_compile_options(ichor_own_code INTERFACE -fstack-protector-strong -fstack-clash-protection)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        target_compile_options(ichor_own_code INTERFACE -fcf-protection=full)
    endif()
    target_compile_definitions(ichor_own_code INTERFACE _GLIBCXX_ASSERTIONS)
    # _FORTIFY_SOURCE needs an optimizer; some compilers predefine a lower level.
    target_compile_options(ichor_own_code INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
    target_link_options(ichor_own_code INTERFACE LINKER:-z,relro,-z,now,-z,noexecstack)
endif()

set(_ichor_sanitize "")
if(ICHOR_USE_SANITIZERS)
    set(_ichor_sanitize -fsanitize=address,undefined)
    target_compile_options(ichor_own_code INTERFACE -fno-sanitize-recover=all)
elseif(ICHOR_USE_THREAD_SANITIZER)
    set(_ichor_sanitize -fsanitize=thread)
endif()
if(_ichor_sanitize)
    target_compile_options(ichor_own_code INTERFACE ${_ichor_sanitize} -fno-omit-frame-pointer)
    target_link_options(ichor_must_match INTERFACE ${_ichor_sanitize})
endif()

if(ICHOR_BUILD_FUZZERS)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "ICHOR_BUILD_FUZZERS=ON needs clang, for its libFuzzer (on Debian: apt-get install clang-19 libclang-rt-19-dev).")
    endif()
    # Tells the fuzzer which ways through the code an input takes.
    target_compile_options(ichor_own_code INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(ichor_must_match INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(ICHOR_DISABLE_RTTI)
    # A class that is derived from one of ours refers to its type information: both have it or neither.
    target_compile_options(ichor_must_match INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
endif()

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(ICHOR_CCACHE ccache)
    mark_as_advanced(ICHOR_CCACHE)
    if(ICHOR_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${ICHOR_CCACHE}")
    endif()
endif()

foreach(setting IN ITEMS ICHOR_USE_ABSEIL ICHOR_USE_MIMALLOC ICHOR_USE_HARDENING ICHOR_USE_SANITIZERS ICHOR_USE_THREAD_SANITIZER ICHOR_DISABLE_RTTI)
    string(TOLOWER ${setting} setting_name)
    string(REGEX REPLACE "^ichor_(use_)?" "" setting_name ${setting_name})
    if(${setting})
        ichor_report(SETTING ${setting_name} on "${setting}=${${setting}}")
    else()
        ichor_report(SETTING ${setting_name} off "${setting}=${${setting}}")
    endif()
endforeach()
ichor_report(SETTING arch_optimization "" "ICHOR_ARCH_OPTIMIZATION=${ICHOR_ARCH_OPTIMIZATION}")
