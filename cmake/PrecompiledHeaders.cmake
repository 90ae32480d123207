# This saves a third of a build from nothing without ccache. It is off by default, so that a file that
# lacks an include fails to compile.
option(XPLENTY_PRECOMPILE_HEADERS "Compile the headers that most files include once" OFF)
if(XPLENTY_PRECOMPILE_HEADERS)
  add_compile_options(-pthread)  # for all targets alike, as some libraries require it
  # GCC forgets that precompiled headers are system headers, and warns about their inlined code.
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-Wno-array-bounds -Wno-dangling-pointer -Wno-free-nonheap-object
                        -Wno-maybe-uninitialized -Wno-nonnull -Wno-restrict
                        -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
endif()

set(headers_of_exporter <algorithm> <array> <chrono> <functional> <map> <memory> <mutex> <optional>
                        <span> <string> <string_view> <utility> <variant> <vector>)
set(headers_of_simulator ${headers_of_exporter})
set(headers_of_tests ${headers_of_exporter} <gmock/gmock.h> <gtest/gtest.h>)

# precompile_headers(TARGET KIND) precompiles the headers of that kind. All targets of a kind share them,
# as they have the same compile options.
function(precompile_headers target kind)
  if(NOT XPLENTY_PRECOMPILE_HEADERS)
    return()
  endif()
  get_property(owner GLOBAL PROPERTY precompiled_for_${kind})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${target} PRIVATE ${headers_of_${kind}})
    set_property(GLOBAL PROPERTY precompiled_for_${kind} ${target})
  endif()
endfunction()
