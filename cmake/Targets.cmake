add_library(exporter_warnings INTERFACE)
target_compile_options(exporter_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wformat=2 -Wmissing-declarations
  -Wextra-semi -Wundef -Wdouble-promotion
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op
    -Wuseless-cast -Wsuggest-override>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)

# GCC 13 and newer take the value of a std::optional that is moved for uninitialized (GCC's bug 80635).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  target_compile_options(exporter_warnings INTERFACE -Wno-maybe-uninitialized)
endif()

# A unity build compiles the sources of a target as one. GCC then takes the sources for headers, and warns
# of classes with a member whose type is in an unnamed namespace.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 0)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(exporter_warnings INTERFACE -Wno-subobject-linkage)
endif()

# exporter_library(NAME SOURCES ... LINK ...) makes the static library of one folder of exporter/.
function(exporter_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(xplenty_${name} STATIC ${ARG_SOURCES})
  target_include_directories(xplenty_${name} PUBLIC ${PROJECT_SOURCE_DIR}/exporter)
  target_link_libraries(xplenty_${name} PUBLIC ${ARG_LINK} PRIVATE exporter_warnings)
endfunction()

set(XPLENTY_SANITIZER "" CACHE STRING
    "Build only the tests that find more under this sanitizer: address or thread")
set(XPLENTY_SIMULATOR "" CACHE FILEPATH
    "The simulator that end-to-end tests start, instead of the one of this build")

# Tests are compiled more often than they are run. UndefinedBehaviorSanitizer checks the tested code; in
# the tests it would take a third of their compile time.
add_library(test_options INTERFACE)
target_compile_options(test_options INTERFACE -Og -fno-sanitize=undefined)

add_custom_target(unit_tests)

# exporter_test(NAME [ONE_THREAD] LABEL label SOURCES ... LINK ...) makes one GoogleTest executable, which is
# one ctest. With ONE_THREAD it is not built for ThreadSanitizer.
function(exporter_test name)
  cmake_parse_arguments(ARG "ONE_THREAD" "LABEL" "SOURCES;LINK" ${ARGN})
  if(ARG_ONE_THREAD AND XPLENTY_SANITIZER STREQUAL thread)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main exporter_warnings
                        test_options)
  add_dependencies(unit_tests ${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 600)
endfunction()
