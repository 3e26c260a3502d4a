# Configures, builds and runs test/packaging/consumer in a temporary folder. WAY: find_package or add_subdirectory.
set(work "${ICHOR_BINARY_DIR}/test/packaging/${WAY}")

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        list(JOIN ARGN " " command)
        message(FATAL_ERROR "${command}\nended with ${status}:\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

# The source is copied, so that nothing is found by standing inside our tree; what an earlier run left must not help.
file(REMOVE_RECURSE "${work}")
file(MAKE_DIRECTORY "${work}")
file(COPY "${ICHOR_SOURCE_DIR}/test/packaging/consumer" DESTINATION "${work}")
set(arguments -G "${CMAKE_GENERATOR}" "-DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE}" "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}")

if(WAY STREQUAL "find_package")
    run("${CMAKE_COMMAND}" --install "${ICHOR_BINARY_DIR}" --prefix "${work}/prefix")
    list(APPEND arguments "-DCMAKE_PREFIX_PATH=${work}/prefix")
else()
    # What a user's project chooses for itself: quick to build, since only that it builds is asked here.
    list(APPEND arguments "-DICHOR_SOURCE_DIR=${ICHOR_SOURCE_DIR}" -DCMAKE_BUILD_TYPE=Debug)
    foreach(name IN ITEMS ICHOR_USE_ABSEIL ICHOR_USE_MIMALLOC ICHOR_USE_HARDENING ICHOR_DISABLE_RTTI)
        list(APPEND arguments "-D${name}=${${name}}")
    endforeach()
endif()

run("${CMAKE_COMMAND}" -S "${work}/consumer" -B "${work}/build" ${arguments})
run("${CMAKE_COMMAND}" --build "${work}/build" --target consumer)
run("${work}/build/consumer")
if(NOT output MATCHES "Hello, world!")
    message(FATAL_ERROR "The first service ran, but said: ${output}")
endif()
if(ICHOR_USE_MIMALLOC AND NOT output MATCHES "allocator: mimalloc")
    message(FATAL_ERROR "ICHOR_USE_MIMALLOC is on, but the program allocates elsewhere: ${output}")
endif()
