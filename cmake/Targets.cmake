add_library(exporter_warnings INTERFACE)
target_compile_options(exporter_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wformat=2 -Wmissing-declarations
  -Wextra-semi -Wundef -Wdouble-promotion
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op
    -Wuseless-cast -Wsuggest-override>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)

# exporter_library(NAME SOURCES ... LINK ...) makes the static library of one folder of exporter/.
function(exporter_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(xplenty_${name} STATIC ${ARG_SOURCES})
  target_include_directories(xplenty_${name} PUBLIC ${PROJECT_SOURCE_DIR}/exporter)
  target_link_libraries(xplenty_${name} PUBLIC ${ARG_LINK} PRIVATE exporter_warnings)
  precompile_headers(xplenty_${name} exporter)
endfunction()

option(XPLENTY_ONE_THREAD_TESTS "Build tests of one thread, for which ThreadSanitizer is of no use" ON)

# UndefinedBehaviorSanitizer checks the tested code; in the tests and the simulator it would take a third
# of their compile time.
add_library(test_options INTERFACE)
target_compile_options(test_options INTERFACE -fno-sanitize=undefined)

# exporter_test(NAME [ONE_THREAD] LABEL label SOURCES ... LINK ...) makes one GoogleTest executable.
function(exporter_test name)
  cmake_parse_arguments(ARG "ONE_THREAD" "LABEL" "SOURCES;LINK" ${ARGN})
  if(ARG_ONE_THREAD AND NOT XPLENTY_ONE_THREAD_TESTS)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main exporter_warnings
                        test_options)
  precompile_headers(${name} tests)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 TEST_PREFIX ${name}.
                       PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 120)
endfunction()
