package asanatest

import (
	"fmt"
	"time"
)

// Fill adds projects with milestones spread over them, and as many ordinary
// tasks beside each milestone as are wanted. Every project has an owner and a
// status update, and every milestone waits for the one before it.
func (s *Site) Fill(projects, milestones, tasksEach int) {
	var people []string
	for i := range 20 {
		people = append(people, s.AddUser(User{Name: fmt.Sprintf("Person %d", i+1), Email: fmt.Sprintf("person%d@example.com", i+1)}))
	}
	teams := []string{"Marketing", "IT", "Operations"}
	health := []string{"on_track", "at_risk", "off_track"}
	day := s.now()
	var gids []string
	for i := range projects {
		gid := s.AddProject(Project{
			Name: fmt.Sprintf("Project %d", i+1), Team: teams[i%len(teams)], Owner: people[i%len(people)],
			StartOn: day.Format(time.DateOnly), DueOn: day.AddDate(0, 6, i%90).Format(time.DateOnly),
		})
		s.AddStatus(Status{Project: gid, Type: health[i%len(health)], Title: "Weekly report", Text: "As planned, more or less.", Author: people[i%len(people)]})
		gids = append(gids, gid)
	}
	last := map[string]string{}
	for i := range milestones {
		in := gids[i%len(gids)]
		m := Task{
			Name: fmt.Sprintf("Milestone %d", i+1), Subtype: "milestone", Projects: []string{in}, Assignee: people[i%len(people)],
			DueOn: day.AddDate(0, 0, i%365).Format(time.DateOnly),
		}
		if before := last[in]; before != "" {
			m.DependsOn = []string{before}
		}
		last[in] = s.AddTask(m)
		for n := range tasksEach {
			s.AddTask(Task{Name: fmt.Sprintf("Task %d of milestone %d", n+1, i+1), Projects: []string{in}})
		}
	}
}
