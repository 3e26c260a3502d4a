# Third-party code is found, never vendored. Each dependency is looked for once, here; modules ask for the result.
include_guard(GLOBAL)
include(CheckCXXSourceCompiles)

# The targets that are found here are used by whoever adds this directory to their project.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)

# ichor_find(<target> DEBIAN <package> FIND <arguments of find_package>)
# Afterwards the target exists, or the global property ICHOR_MISSING_<target> says how to get it.
function(ichor_find target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "DEBIAN" "FIND")
    set_property(GLOBAL PROPERTY ICHOR_PACKAGE_OF_${target} "${arg_FIND}")
    if(NOT TARGET ${target})
        find_package(${arg_FIND} QUIET)
    endif()
    if(NOT TARGET ${target})
        list(GET arg_FIND 0 package)
        string(REGEX REPLACE "^Ichor" "" package ${package})
        set_property(GLOBAL PROPERTY ICHOR_MISSING_${target} "${package} not found (on Debian: apt-get install ${arg_DEBIAN})")
    endif()
endfunction()

# The same for what Ichor cannot do without, or what the user has asked for (WANTED_BY <switch>).
function(ichor_require target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "WANTED_BY" "")
    ichor_find(${target} ${arg_UNPARSED_ARGUMENTS})
    if(NOT TARGET ${target})
        get_property(missing GLOBAL PROPERTY ICHOR_MISSING_${target})
        set(who "Ichor needs ${target}")
        if(arg_WANTED_BY)
            set(who "${arg_WANTED_BY}=ON needs ${target}")
        endif()
        message(FATAL_ERROR "${who}: ${missing}.")
    endif()
endfunction()

# ichor_switch(<switch> <targets>…) settles AUTO: sets <switch>_ENABLED and <switch>_WHY.
function(ichor_switch switch)
    set(state "${${switch}}")
    set(${switch}_ENABLED OFF PARENT_SCOPE)
    if(NOT state STREQUAL "AUTO" AND NOT state)
        set(${switch}_WHY "${switch}=${state}" PARENT_SCOPE)
        return()
    endif()
    foreach(target IN LISTS ARGN)
        get_property(missing GLOBAL PROPERTY ICHOR_MISSING_${target})
        if(missing AND NOT state STREQUAL "AUTO")
            message(FATAL_ERROR "${switch}=${state} needs ${target}: ${missing}.")
        endif()
        if(missing)
            set(${switch}_WHY "${missing}" PARENT_SCOPE)
            return()
        endif()
    endforeach()
    set(${switch}_ENABLED ON PARENT_SCOPE)
    set(${switch}_WHY "${switch}=${state}" PARENT_SCOPE)
endfunction()

# The core's own.
set(THREADS_PREFER_PTHREAD_FLAG ON)
ichor_require(Threads::Threads DEBIAN libc6-dev FIND Threads)
ichor_require(fmt::fmt DEBIAN libfmt-dev FIND fmt 9)

# std::expected or tl::expected is decided once, here, since a user who compiles with another standard must see the same type.
set(CMAKE_REQUIRED_FLAGS "${CMAKE_CXX20_STANDARD_COMPILE_OPTION}")
if(CMAKE_CXX_STANDARD GREATER_EQUAL 23)
    set(CMAKE_REQUIRED_FLAGS "${CMAKE_CXX${CMAKE_CXX_STANDARD}_STANDARD_COMPILE_OPTION}")
endif()
check_cxx_source_compiles("
    #include <version>
    #if !defined(__cpp_lib_expected) || __cpp_lib_expected < 202202L
    #error no std::expected
    #endif
    int main() {}" ICHOR_USE_STD_EXPECTED)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT ICHOR_USE_STD_EXPECTED)
    ichor_require(tl::expected DEBIAN libexpected-dev FIND tl-expected)
endif()
if(ICHOR_USE_ABSEIL)
    ichor_require(absl::flat_hash_map WANTED_BY ICHOR_USE_ABSEIL DEBIAN libabsl-dev FIND absl CONFIG)
endif()
if(ICHOR_USE_MIMALLOC)
    ichor_require(mimalloc WANTED_BY ICHOR_USE_MIMALLOC DEBIAN libmimalloc-dev FIND mimalloc 2.0 CONFIG)
endif()

# The modules'.
ichor_find(Boost::headers DEBIAN libboost1.81-dev FIND Boost 1.81 CONFIG)
ichor_find(Boost::json DEBIAN libboost-json1.81-dev FIND Boost 1.81 CONFIG COMPONENTS json)
ichor_find(spdlog::spdlog DEBIAN libspdlog-dev FIND spdlog CONFIG)
ichor_find(RapidJSON::RapidJSON DEBIAN rapidjson-dev FIND IchorRapidJSON)
ichor_find(liburing::liburing DEBIAN liburing-dev FIND IchorLiburing)
ichor_find(hiredis::hiredis DEBIAN libhiredis-dev FIND IchorHiredis)

ichor_switch(ICHOR_USE_BOOST_BEAST Boost::headers)
ichor_switch(ICHOR_USE_BOOST_JSON Boost::json)
ichor_switch(ICHOR_USE_SPDLOG spdlog::spdlog)
ichor_switch(ICHOR_USE_RAPIDJSON RapidJSON::RapidJSON)
ichor_switch(ICHOR_USE_LIBURING liburing::liburing)
ichor_switch(ICHOR_USE_HIREDIS hiredis::hiredis)
