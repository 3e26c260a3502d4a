# Run when a test program has been linked: asks it for its test cases and writes one ctest test for each.
# Catch2's own script does not take names with quotes, semicolons or backslashes, and ours are sentences.
#   PROGRAM, NAME, TIMEOUT, OUTPUT
cmake_policy(VERSION 3.25)
execute_process(COMMAND "${PROGRAM}" --list-test-names-only OUTPUT_VARIABLE names RESULT_VARIABLE count ERROR_VARIABLE errors)
string(LENGTH "${names}" rest)
if(rest EQUAL 0 OR NOT count GREATER 0)
    message(FATAL_ERROR "${PROGRAM} lists no tests (${count}): ${errors}")
endif()

# What Catch2 reads as syntax in the name of a test on the command line.
function(escape out text)
    string(REGEX REPLACE "([][\\\\\",~])" "\\\\\\1" text "${text}")
    set(${out} "${text}" PARENT_SCOPE)
endfunction()

# Line by line without a CMake list: brackets and semicolons in a sentence mean nothing here.
set(script "")
while(NOT names STREQUAL "")
    string(FIND "${names}" "\n" end)
    string(SUBSTRING "${names}" 0 ${end} name)
    math(EXPR end "${end} + 1")
    string(SUBSTRING "${names}" ${end} -1 names)
    string(STRIP "${name}" name)
    if(NOT name STREQUAL "")
        escape(spec "${name}")
        # Catch2 is content when a name matches no test: -w NoTests makes that the failure that it is.
        string(APPEND script "add_test([==[${NAME}: ${name}]==] [==[${PROGRAM}]==] [==[${spec}]==] -w NoTests)\n"
            "set_tests_properties([==[${NAME}: ${name}]==] PROPERTIES TIMEOUT ${TIMEOUT} LABELS [==[${NAME}]==])\n")
    endif()
endwhile()
file(WRITE "${OUTPUT}" "${script}")
