#pragma once

#include <vector>

#include <rapidcheck.h>

#include "story.h"

namespace xplenty {

// The kinds of steps of a story; each kind is as likely as often it is listed.
using StepKinds = std::vector<StepKind>;

inline StepKinds operator+(StepKinds a, const StepKinds& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The normal changes of jobs.
inline const StepKinds kNormalSteps = {StepKind::kCreate, StepKind::kCreate,   StepKind::kStart,
                                       StepKind::kStart,  StepKind::kProgress, StepKind::kEnd,
                                       StepKind::kEnd,    StepKind::kEnd};
// Corrections that break no promise.
inline const StepKinds kCorrections = {
    StepKind::kTie,    StepKind::kChangeStatus, StepKind::kTouch,
    StepKind::kTouch,  StepKind::kWriteOutputs, StepKind::kReopen,
    StepKind::kRename, StepKind::kDelete,       StepKind::kDateAhead};
inline const StepKinds kRefreshes = {StepKind::kPass,    StepKind::kPass,      StepKind::kRefresh,
                                     StepKind::kRefresh, StepKind::kReconcile, StepKind::kScrape};
inline const StepKinds kFailures = {StepKind::kFailPages, StepKind::kFillDisk, StepKind::kKill,
                                    StepKind::kRestart};
inline const StepKinds kPages = {StepKind::kNextPage, StepKind::kNextPage, StepKind::kPass};

// Draws a server that works as documented, at any time of the day; with `faulty`, one that may not.
rc::Gen<World> GenWorld(bool faulty);

// Draw the steps of a story in that world, and what happens between its pages.
std::vector<Step> DrawSteps(const World& world, const StepKinds& kinds);
std::vector<Step> DrawBetween(const StepKinds& kinds);

}  // namespace xplenty
