// Made by `npm run generate` from supabase/migrations; a law holds that it is current. Not edited by hand.
export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  // Allows to automatically instantiate createClient with right options
  // instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)
  __InternalSupabase: {
    PostgrestVersion: "14"
  }
  public: {
    Tables: {
      ai_calls: {
        Row: {
          content_hash: string
          cost_micro: number | null
          created_at: string
          finished_at: string | null
          id: string
          input_tokens: number | null
          model: string
          note: string | null
          output_tokens: number | null
          provider: string
          reserved_micro: number
          status: Database["public"]["Enums"]["ai_call_status"]
          task: string
          user_id: string
        }
        Insert: {
          content_hash: string
          cost_micro?: number | null
          created_at?: string
          finished_at?: string | null
          id?: string
          input_tokens?: number | null
          model: string
          note?: string | null
          output_tokens?: number | null
          provider: string
          reserved_micro: number
          status?: Database["public"]["Enums"]["ai_call_status"]
          task: string
          user_id: string
        }
        Update: {
          content_hash?: string
          cost_micro?: number | null
          created_at?: string
          finished_at?: string | null
          id?: string
          input_tokens?: number | null
          model?: string
          note?: string | null
          output_tokens?: number | null
          provider?: string
          reserved_micro?: number
          status?: Database["public"]["Enums"]["ai_call_status"]
          task?: string
          user_id?: string
        }
        Relationships: []
      }
      analyses: {
        Row: {
          commit_sha: string | null
          created_at: string
          engine: number
          error_code: string | null
          error_message: string | null
          estimated_seconds: number
          finished_at: string | null
          host: string
          id: string
          name: string
          owner: string
          phase: string
          private_to: string | null
          progress: number
          ref: string
          repo_url: string
          requested_by: string | null
          result: Json | null
          started_at: string | null
          status: Database["public"]["Enums"]["analysis_status"]
          updated_at: string
          version: number
        }
        Insert: {
          commit_sha?: string | null
          created_at?: string
          engine: number
          error_code?: string | null
          error_message?: string | null
          estimated_seconds: number
          finished_at?: string | null
          host: string
          id?: string
          name: string
          owner: string
          phase?: string
          private_to?: string | null
          progress?: number
          ref?: string
          repo_url: string
          requested_by?: string | null
          result?: Json | null
          started_at?: string | null
          status?: Database["public"]["Enums"]["analysis_status"]
          updated_at?: string
          version?: number
        }
        Update: {
          commit_sha?: string | null
          created_at?: string
          engine?: number
          error_code?: string | null
          error_message?: string | null
          estimated_seconds?: number
          finished_at?: string | null
          host?: string
          id?: string
          name?: string
          owner?: string
          phase?: string
          private_to?: string | null
          progress?: number
          ref?: string
          repo_url?: string
          requested_by?: string | null
          result?: Json | null
          started_at?: string | null
          status?: Database["public"]["Enums"]["analysis_status"]
          updated_at?: string
          version?: number
        }
        Relationships: []
      }
      analysis_askers: {
        Row: {
          analysis_id: string
          asked_at: string
          how: string
          user_id: string
        }
        Insert: {
          analysis_id: string
          asked_at?: string
          how: string
          user_id: string
        }
        Update: {
          analysis_id?: string
          asked_at?: string
          how?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "analysis_askers_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
        ]
      }
      analysis_events: {
        Row: {
          analysis_id: string
          at: string
          data: NonNullable<Json>
          phase: string
          type: string
          version: number
        }
        Insert: {
          analysis_id: string
          at?: string
          data: NonNullable<Json>
          phase: string
          type: string
          version: number
        }
        Update: {
          analysis_id?: string
          at?: string
          data?: NonNullable<Json>
          phase?: string
          type?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "analysis_events_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
        ]
      }
      analysis_files: {
        Row: {
          analysis_id: string
          files: NonNullable<Json>
          first_file: number
        }
        Insert: {
          analysis_id: string
          files: NonNullable<Json>
          first_file: number
        }
        Update: {
          analysis_id?: string
          files?: NonNullable<Json>
          first_file?: number
        }
        Relationships: [
          {
            foreignKeyName: "analysis_files_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
        ]
      }
      analysis_packages: {
        Row: {
          analysis_id: string
          lockfiles: NonNullable<Json>
        }
        Insert: {
          analysis_id: string
          lockfiles: NonNullable<Json>
        }
        Update: {
          analysis_id?: string
          lockfiles?: NonNullable<Json>
        }
        Relationships: [
          {
            foreignKeyName: "analysis_packages_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
        ]
      }
      analysis_vulnerabilities: {
        Row: {
          analysis_id: string
          asked_at: string
          asked_by: string | null
          error_message: string | null
          finished_at: string | null
          found: Json | null
          status: Database["public"]["Enums"]["vulnerability_lookup_status"]
        }
        Insert: {
          analysis_id: string
          asked_at?: string
          asked_by?: string | null
          error_message?: string | null
          finished_at?: string | null
          found?: Json | null
          status?: Database["public"]["Enums"]["vulnerability_lookup_status"]
        }
        Update: {
          analysis_id?: string
          asked_at?: string
          asked_by?: string | null
          error_message?: string | null
          finished_at?: string | null
          found?: Json | null
          status?: Database["public"]["Enums"]["vulnerability_lookup_status"]
        }
        Relationships: [
          {
            foreignKeyName: "analysis_vulnerabilities_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
        ]
      }
      analysis_wordings: {
        Row: {
          analysis_id: string
          created_at: string
          items: NonNullable<Json>
          model: string
          provider: string
          user_id: string
        }
        Insert: {
          analysis_id: string
          created_at?: string
          items: NonNullable<Json>
          model: string
          provider: string
          user_id: string
        }
        Update: {
          analysis_id?: string
          created_at?: string
          items?: NonNullable<Json>
          model?: string
          provider?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "analysis_wordings_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
        ]
      }
      campaign_totals: {
        Row: {
          as_of: string
          campaign_id: string
          completed_count: number
          currency: string
          disputed_minor: number
          donor_count: number
          failed_count: number
          pending_minor: number
          pledge_count: number
          raised_minor: number
          refunded_minor: number
          version: number
        }
        Insert: {
          as_of?: string
          campaign_id: string
          completed_count?: number
          currency: string
          disputed_minor?: number
          donor_count?: number
          failed_count?: number
          pending_minor?: number
          pledge_count?: number
          raised_minor?: number
          refunded_minor?: number
          version?: number
        }
        Update: {
          as_of?: string
          campaign_id?: string
          completed_count?: number
          currency?: string
          disputed_minor?: number
          donor_count?: number
          failed_count?: number
          pending_minor?: number
          pledge_count?: number
          raised_minor?: number
          refunded_minor?: number
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "campaign_totals_campaign_id_fkey"
            columns: ["campaign_id"]
            referencedRelation: "campaigns"
            referencedColumns: ["id"]
          },
        ]
      }
      campaigns: {
        Row: {
          closed_at: string | null
          cover_image: string | null
          created_at: string
          currency: string
          ends_at: string | null
          goal_minor: number
          id: string
          owner_id: string | null
          published_at: string | null
          search: unknown
          slug: string
          status: Database["public"]["Enums"]["campaign_status"]
          story: string
          summary: string
          title: string
          updated_at: string
          version: number
        }
        Insert: {
          closed_at?: string | null
          cover_image?: string | null
          created_at?: string
          currency: string
          ends_at?: string | null
          goal_minor: number
          id?: string
          owner_id?: string | null
          published_at?: string | null
          search?: never
          slug: string
          status?: Database["public"]["Enums"]["campaign_status"]
          story: string
          summary: string
          title: string
          updated_at?: string
          version?: number
        }
        Update: {
          closed_at?: string | null
          cover_image?: string | null
          created_at?: string
          currency?: string
          ends_at?: string | null
          goal_minor?: number
          id?: string
          owner_id?: string | null
          published_at?: string | null
          search?: never
          slug?: string
          status?: Database["public"]["Enums"]["campaign_status"]
          story?: string
          summary?: string
          title?: string
          updated_at?: string
          version?: number
        }
        Relationships: []
      }
      concept_mastery: {
        Row: {
          chance: number
          concept: string
          state: NonNullable<Json>
          status: Database["public"]["Enums"]["mastery_status"]
          updated_at: string
          user_id: string
        }
        Insert: {
          chance: number
          concept: string
          state: NonNullable<Json>
          status: Database["public"]["Enums"]["mastery_status"]
          updated_at?: string
          user_id: string
        }
        Update: {
          chance?: number
          concept?: string
          state?: NonNullable<Json>
          status?: Database["public"]["Enums"]["mastery_status"]
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      disputes: {
        Row: {
          amount_minor: number
          created_at: string
          currency: string
          dispute_id: string
          evidence: Json | null
          evidence_due_by: string | null
          evidence_submitted_at: string | null
          fee_minor: number
          id: string
          payment_id: string
          read_at: string
          reading: number
          reason: string | null
          status: Database["public"]["Enums"]["dispute_status"]
          updated_at: string
        }
        Insert: {
          amount_minor: number
          created_at?: string
          currency: string
          dispute_id: string
          evidence?: Json | null
          evidence_due_by?: string | null
          evidence_submitted_at?: string | null
          fee_minor?: number
          id?: string
          payment_id: string
          read_at: string
          reading?: number
          reason?: string | null
          status: Database["public"]["Enums"]["dispute_status"]
          updated_at?: string
        }
        Update: {
          amount_minor?: number
          created_at?: string
          currency?: string
          dispute_id?: string
          evidence?: Json | null
          evidence_due_by?: string | null
          evidence_submitted_at?: string | null
          fee_minor?: number
          id?: string
          payment_id?: string
          read_at?: string
          reading?: number
          reason?: string | null
          status?: Database["public"]["Enums"]["dispute_status"]
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "disputes_payment_id_fkey"
            columns: ["payment_id"]
            referencedRelation: "payments"
            referencedColumns: ["id"]
          },
        ]
      }
      finding_suppressions: {
        Row: {
          created_at: string
          finding: string
          path: string
          reason: string
          repo_url: string
          rule: string
          title: string
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          finding: string
          path: string
          reason: string
          repo_url: string
          rule: string
          title: string
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          finding?: string
          path?: string
          reason?: string
          repo_url?: string
          rule?: string
          title?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      learner_models: {
        Row: {
          ability: number
          attempts: number
          sessions: number
          updated_at: string
          user_id: string
          version: number
        }
        Insert: {
          ability?: number
          attempts?: number
          sessions?: number
          updated_at?: string
          user_id: string
          version?: number
        }
        Update: {
          ability?: number
          attempts?: number
          sessions?: number
          updated_at?: string
          user_id?: string
          version?: number
        }
        Relationships: []
      }
      learner_pattern_sightings: {
        Row: {
          analysis_id: string | null
          commit_sha: string | null
          count: number
          fingerprints: string[]
          good: number
          id: string
          learner_pattern_id: string
          places: NonNullable<Json>
          repo_url: string | null
          response_id: string | null
          seen_at: string
          source: Database["public"]["Enums"]["pattern_sighting_source"]
          user_id: string
        }
        Insert: {
          analysis_id?: string | null
          commit_sha?: string | null
          count: number
          fingerprints?: string[]
          good: number
          id?: string
          learner_pattern_id: string
          places?: NonNullable<Json>
          repo_url?: string | null
          response_id?: string | null
          seen_at?: string
          source: Database["public"]["Enums"]["pattern_sighting_source"]
          user_id: string
        }
        Update: {
          analysis_id?: string | null
          commit_sha?: string | null
          count?: number
          fingerprints?: string[]
          good?: number
          id?: string
          learner_pattern_id?: string
          places?: NonNullable<Json>
          repo_url?: string | null
          response_id?: string | null
          seen_at?: string
          source?: Database["public"]["Enums"]["pattern_sighting_source"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "learner_pattern_sightings_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "learner_pattern_sightings_learner_pattern_id_fkey"
            columns: ["learner_pattern_id"]
            referencedRelation: "learner_patterns"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "learner_pattern_sightings_response_id_fkey"
            columns: ["response_id"]
            referencedRelation: "learning_responses"
            referencedColumns: ["id"]
          },
        ]
      }
      learner_patterns: {
        Row: {
          concept: string
          corrected_at: string | null
          correction: string | null
          correction_note: string | null
          created_at: string
          id: string
          kind: string
          pattern: string
          space_id: string
          user_id: string
        }
        Insert: {
          concept: string
          corrected_at?: string | null
          correction?: string | null
          correction_note?: string | null
          created_at?: string
          id?: string
          kind: string
          pattern: string
          space_id: string
          user_id: string
        }
        Update: {
          concept?: string
          corrected_at?: string | null
          correction?: string | null
          correction_note?: string | null
          created_at?: string
          id?: string
          kind?: string
          pattern?: string
          space_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "learner_patterns_space_id_fkey"
            columns: ["space_id"]
            referencedRelation: "pattern_spaces"
            referencedColumns: ["id"]
          },
        ]
      }
      learning_appeals: {
        Row: {
          created_at: string
          id: string
          response_id: string
          settled_at: string | null
          settled_by: string | null
          settlement: string | null
          user_id: string
          words: string
        }
        Insert: {
          created_at?: string
          id?: string
          response_id: string
          settled_at?: string | null
          settled_by?: string | null
          settlement?: string | null
          user_id: string
          words: string
        }
        Update: {
          created_at?: string
          id?: string
          response_id?: string
          settled_at?: string | null
          settled_by?: string | null
          settlement?: string | null
          user_id?: string
          words?: string
        }
        Relationships: [
          {
            foreignKeyName: "learning_appeals_response_id_fkey"
            columns: ["response_id"]
            referencedRelation: "learning_responses"
            referencedColumns: ["id"]
          },
        ]
      }
      learning_enrolments: {
        Row: {
          enrolled_at: string
          left_at: string | null
          track_slug: string
          user_id: string
        }
        Insert: {
          enrolled_at?: string
          left_at?: string | null
          track_slug: string
          user_id: string
        }
        Update: {
          enrolled_at?: string
          left_at?: string | null
          track_slug?: string
          user_id?: string
        }
        Relationships: []
      }
      learning_profiles: {
        Row: {
          created_at: string
          updated_at: string
          user_id: string
          weekly_goal_minutes: number | null
        }
        Insert: {
          created_at?: string
          updated_at?: string
          user_id: string
          weekly_goal_minutes?: number | null
        }
        Update: {
          created_at?: string
          updated_at?: string
          user_id?: string
          weekly_goal_minutes?: number | null
        }
        Relationships: []
      }
      learning_responses: {
        Row: {
          activity_id: string
          answer: NonNullable<Json>
          answered_at: string
          attempt: NonNullable<Json>
          concept: string
          hints_used: number
          id: string
          model_version: number
          passed: boolean
          session_id: string
          standing: Database["public"]["Enums"]["verdict_standing"]
          user_id: string
          validation: NonNullable<Json>
        }
        Insert: {
          activity_id: string
          answer: NonNullable<Json>
          answered_at?: string
          attempt: NonNullable<Json>
          concept: string
          hints_used?: number
          id?: string
          model_version: number
          passed: boolean
          session_id: string
          standing: Database["public"]["Enums"]["verdict_standing"]
          user_id: string
          validation: NonNullable<Json>
        }
        Update: {
          activity_id?: string
          answer?: NonNullable<Json>
          answered_at?: string
          attempt?: NonNullable<Json>
          concept?: string
          hints_used?: number
          id?: string
          model_version?: number
          passed?: boolean
          session_id?: string
          standing?: Database["public"]["Enums"]["verdict_standing"]
          user_id?: string
          validation?: NonNullable<Json>
        }
        Relationships: [
          {
            foreignKeyName: "learning_responses_session_id_fkey"
            columns: ["session_id"]
            referencedRelation: "learning_sessions"
            referencedColumns: ["id"]
          },
        ]
      }
      learning_reviews: {
        Row: {
          concept: string
          difficulty: number
          due_at: string
          lapses: number
          last_at: string
          reps: number
          stability: number
          user_id: string
        }
        Insert: {
          concept: string
          difficulty: number
          due_at: string
          lapses: number
          last_at: string
          reps: number
          stability: number
          user_id: string
        }
        Update: {
          concept?: string
          difficulty?: number
          due_at?: string
          lapses?: number
          last_at?: string
          reps?: number
          stability?: number
          user_id?: string
        }
        Relationships: []
      }
      learning_sessions: {
        Row: {
          active_seconds: number
          ended_at: string | null
          id: string
          inactive_told_at: string | null
          lesson_slug: string | null
          pending: Json | null
          progress: NonNullable<Json>
          seen_at: string
          started_at: string
          status: Database["public"]["Enums"]["learning_session_status"]
          summary: Json | null
          topic: string
          track_slug: string | null
          user_id: string
          version: number
        }
        Insert: {
          active_seconds?: number
          ended_at?: string | null
          id?: string
          inactive_told_at?: string | null
          lesson_slug?: string | null
          pending?: Json | null
          progress?: NonNullable<Json>
          seen_at?: string
          started_at?: string
          status?: Database["public"]["Enums"]["learning_session_status"]
          summary?: Json | null
          topic: string
          track_slug?: string | null
          user_id: string
          version?: number
        }
        Update: {
          active_seconds?: number
          ended_at?: string | null
          id?: string
          inactive_told_at?: string | null
          lesson_slug?: string | null
          pending?: Json | null
          progress?: NonNullable<Json>
          seen_at?: string
          started_at?: string
          status?: Database["public"]["Enums"]["learning_session_status"]
          summary?: Json | null
          topic?: string
          track_slug?: string | null
          user_id?: string
          version?: number
        }
        Relationships: []
      }
      mastery_changes: {
        Row: {
          at: string
          chance_after: number
          chance_before: number
          concept: string
          gate: NonNullable<Json>
          id: string
          model_version: number
          reason: string
          reason_code: string
          response_id: string
          status_after: Database["public"]["Enums"]["mastery_status"]
          status_before: Database["public"]["Enums"]["mastery_status"]
          user_id: string
        }
        Insert: {
          at?: string
          chance_after: number
          chance_before: number
          concept: string
          gate?: NonNullable<Json>
          id?: string
          model_version: number
          reason: string
          reason_code: string
          response_id: string
          status_after: Database["public"]["Enums"]["mastery_status"]
          status_before: Database["public"]["Enums"]["mastery_status"]
          user_id: string
        }
        Update: {
          at?: string
          chance_after?: number
          chance_before?: number
          concept?: string
          gate?: NonNullable<Json>
          id?: string
          model_version?: number
          reason?: string
          reason_code?: string
          response_id?: string
          status_after?: Database["public"]["Enums"]["mastery_status"]
          status_before?: Database["public"]["Enums"]["mastery_status"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "mastery_changes_response_id_fkey"
            columns: ["response_id"]
            referencedRelation: "learning_responses"
            referencedColumns: ["id"]
          },
        ]
      }
      notifications: {
        Row: {
          body: string
          created_at: string
          href: string | null
          id: string
          kind: string
          read_at: string | null
          title: string
          user_id: string
          version: number
        }
        Insert: {
          body?: string
          created_at?: string
          href?: string | null
          id?: string
          kind: string
          read_at?: string | null
          title: string
          user_id: string
          version: number
        }
        Update: {
          body?: string
          created_at?: string
          href?: string | null
          id?: string
          kind?: string
          read_at?: string | null
          title?: string
          user_id?: string
          version?: number
        }
        Relationships: []
      }
      own_code_consents: {
        Row: {
          given_at: string
          id: string
          user_id: string
          withdrawn_at: string | null
          wording: number
        }
        Insert: {
          given_at?: string
          id?: string
          user_id: string
          withdrawn_at?: string | null
          wording: number
        }
        Update: {
          given_at?: string
          id?: string
          user_id?: string
          withdrawn_at?: string | null
          wording?: number
        }
        Relationships: []
      }
      own_code_items: {
        Row: {
          about: string
          analysis_id: string
          bloom: string
          concepts: string[]
          difficulty: number
          end_line: number
          id: string
          line: number
          made_at: string
          name: string
          path: string
          run_id: string
          snippet: string
          user_id: string
        }
        Insert: {
          about: string
          analysis_id: string
          bloom: string
          concepts: string[]
          difficulty: number
          end_line: number
          id?: string
          line: number
          made_at?: string
          name: string
          path: string
          run_id: string
          snippet: string
          user_id: string
        }
        Update: {
          about?: string
          analysis_id?: string
          bloom?: string
          concepts?: string[]
          difficulty?: number
          end_line?: number
          id?: string
          line?: number
          made_at?: string
          name?: string
          path?: string
          run_id?: string
          snippet?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "own_code_items_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "own_code_items_run_id_fkey"
            columns: ["run_id"]
            referencedRelation: "own_code_runs"
            referencedColumns: ["id"]
          },
        ]
      }
      own_code_runs: {
        Row: {
          analysis_id: string
          asked_at: string
          because: string | null
          finished_at: string | null
          found: number
          id: string
          refused: number
          status: string
          tried: number
          used: number
          user_id: string
        }
        Insert: {
          analysis_id: string
          asked_at?: string
          because?: string | null
          finished_at?: string | null
          found?: number
          id?: string
          refused?: number
          status?: string
          tried?: number
          used?: number
          user_id: string
        }
        Update: {
          analysis_id?: string
          asked_at?: string
          because?: string | null
          finished_at?: string | null
          found?: number
          id?: string
          refused?: number
          status?: string
          tried?: number
          used?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "own_code_runs_analysis_id_fkey"
            columns: ["analysis_id"]
            referencedRelation: "analyses"
            referencedColumns: ["id"]
          },
        ]
      }
      owner_mail_preferences: {
        Row: {
          updated_at: string
          updates: Database["public"]["Enums"]["owner_updates"]
          user_id: string
        }
        Insert: {
          updated_at?: string
          updates?: Database["public"]["Enums"]["owner_updates"]
          user_id: string
        }
        Update: {
          updated_at?: string
          updates?: Database["public"]["Enums"]["owner_updates"]
          user_id?: string
        }
        Relationships: []
      }
      pattern_spaces: {
        Row: {
          created_at: string
          id: string
          user_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          user_id: string
        }
        Update: {
          created_at?: string
          id?: string
          user_id?: string
        }
        Relationships: []
      }
      payments: {
        Row: {
          authorized_minor: number
          campaign_id: string
          cancel_reason: string | null
          capture_before: string | null
          captured_minor: number
          card_brand: string | null
          card_last4: string | null
          charge_id: string | null
          check_at: string | null
          checks: number
          cover_minor: number
          created_at: string
          currency: string
          decline_code: string | null
          decline_message: string | null
          dispute_fee_minor: number
          disputed_minor: number
          fee_minor: number
          gift_minor: number
          id: string
          idempotency_id: string | null
          intent_id: string | null
          lost_minor: number
          number: number
          pledge_id: string
          refunded_minor: number
          review: Database["public"]["Enums"]["review_status"] | null
          review_reasons: Json | null
          state: Database["public"]["Enums"]["payment_state"]
          unknown_since: string | null
          updated_at: string
          waiting_for: string | null
          waiting_until: string | null
        }
        Insert: {
          authorized_minor?: number
          campaign_id: string
          cancel_reason?: string | null
          capture_before?: string | null
          captured_minor?: number
          card_brand?: string | null
          card_last4?: string | null
          charge_id?: string | null
          check_at?: string | null
          checks?: number
          cover_minor: number
          created_at?: string
          currency: string
          decline_code?: string | null
          decline_message?: string | null
          dispute_fee_minor?: number
          disputed_minor?: number
          fee_minor?: number
          gift_minor: number
          id?: string
          idempotency_id?: string | null
          intent_id?: string | null
          lost_minor?: number
          number: number
          pledge_id: string
          refunded_minor?: number
          review?: Database["public"]["Enums"]["review_status"] | null
          review_reasons?: Json | null
          state?: Database["public"]["Enums"]["payment_state"]
          unknown_since?: string | null
          updated_at?: string
          waiting_for?: string | null
          waiting_until?: string | null
        }
        Update: {
          authorized_minor?: number
          campaign_id?: string
          cancel_reason?: string | null
          capture_before?: string | null
          captured_minor?: number
          card_brand?: string | null
          card_last4?: string | null
          charge_id?: string | null
          check_at?: string | null
          checks?: number
          cover_minor?: number
          created_at?: string
          currency?: string
          decline_code?: string | null
          decline_message?: string | null
          dispute_fee_minor?: number
          disputed_minor?: number
          fee_minor?: number
          gift_minor?: number
          id?: string
          idempotency_id?: string | null
          intent_id?: string | null
          lost_minor?: number
          number?: number
          pledge_id?: string
          refunded_minor?: number
          review?: Database["public"]["Enums"]["review_status"] | null
          review_reasons?: Json | null
          state?: Database["public"]["Enums"]["payment_state"]
          unknown_since?: string | null
          updated_at?: string
          waiting_for?: string | null
          waiting_until?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "payments_pledge_id_fkey"
            columns: ["pledge_id"]
            referencedRelation: "pledges"
            referencedColumns: ["id"]
          },
        ]
      }
      pledge_donors: {
        Row: {
          email: string
          email_hash: string
          message: string | null
          name: string | null
          pledge_id: string
          user_id: string | null
        }
        Insert: {
          email: string
          email_hash: string
          message?: string | null
          name?: string | null
          pledge_id: string
          user_id?: string | null
        }
        Update: {
          email?: string
          email_hash?: string
          message?: string | null
          name?: string | null
          pledge_id?: string
          user_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "pledge_donors_pledge_id_fkey"
            columns: ["pledge_id"]
            referencedRelation: "pledges"
            referencedColumns: ["id"]
          },
        ]
      }
      pledges: {
        Row: {
          anonymous: boolean
          campaign_id: string
          cancel_reason: string | null
          cover_minor: number
          created_at: string
          currency: string
          event_id: string
          gift_minor: number
          id: string
          idempotency_id: string
          status: Database["public"]["Enums"]["pledge_status"]
          updated_at: string
          user_id: string | null
        }
        Insert: {
          anonymous: boolean
          campaign_id: string
          cancel_reason?: string | null
          cover_minor: number
          created_at?: string
          currency: string
          event_id: string
          gift_minor: number
          id?: string
          idempotency_id: string
          status?: Database["public"]["Enums"]["pledge_status"]
          updated_at?: string
          user_id?: string | null
        }
        Update: {
          anonymous?: boolean
          campaign_id?: string
          cancel_reason?: string | null
          cover_minor?: number
          created_at?: string
          currency?: string
          event_id?: string
          gift_minor?: number
          id?: string
          idempotency_id?: string
          status?: Database["public"]["Enums"]["pledge_status"]
          updated_at?: string
          user_id?: string | null
        }
        Relationships: []
      }
      preferences: {
        Row: {
          ai_grading: boolean
          ai_hints: boolean
          ai_lessons: boolean
          content_format: string
          created_at: string
          mail_analysis: boolean
          mail_giving: boolean
          mail_learning: boolean
          notify_analysis: boolean
          notify_giving: boolean
          notify_learning: boolean
          theme: string
          updated_at: string
          user_id: string
        }
        Insert: {
          ai_grading?: boolean
          ai_hints?: boolean
          ai_lessons?: boolean
          content_format?: string
          created_at?: string
          mail_analysis?: boolean
          mail_giving?: boolean
          mail_learning?: boolean
          notify_analysis?: boolean
          notify_giving?: boolean
          notify_learning?: boolean
          theme?: string
          updated_at?: string
          user_id: string
        }
        Update: {
          ai_grading?: boolean
          ai_hints?: boolean
          ai_lessons?: boolean
          content_format?: string
          created_at?: string
          mail_analysis?: boolean
          mail_giving?: boolean
          mail_learning?: boolean
          notify_analysis?: boolean
          notify_giving?: boolean
          notify_learning?: boolean
          theme?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      profiles: {
        Row: {
          avatar_url: string | null
          created_at: string
          display_name: string
          email_verified_at: string | null
          id: string
          onboarding_finished_at: string | null
          onboarding_skipped_at: string | null
          onboarding_steps: string[]
          updated_at: string
        }
        Insert: {
          avatar_url?: string | null
          created_at?: string
          display_name: string
          email_verified_at?: string | null
          id: string
          onboarding_finished_at?: string | null
          onboarding_skipped_at?: string | null
          onboarding_steps?: string[]
          updated_at?: string
        }
        Update: {
          avatar_url?: string | null
          created_at?: string
          display_name?: string
          email_verified_at?: string | null
          id?: string
          onboarding_finished_at?: string | null
          onboarding_skipped_at?: string | null
          onboarding_steps?: string[]
          updated_at?: string
        }
        Relationships: []
      }
      refunds: {
        Row: {
          amount_minor: number
          approved_at: string | null
          approved_by: string | null
          created_at: string
          currency: string
          due_at: string | null
          failure_reason: string | null
          id: string
          idempotency_id: string | null
          needs_approval: boolean
          note: string | null
          payment_id: string
          read_at: string | null
          reading: number
          reason: string
          refund_id: string | null
          requested_by: string | null
          status: Database["public"]["Enums"]["refund_status"]
          updated_at: string
        }
        Insert: {
          amount_minor: number
          approved_at?: string | null
          approved_by?: string | null
          created_at?: string
          currency: string
          due_at?: string | null
          failure_reason?: string | null
          id?: string
          idempotency_id?: string | null
          needs_approval?: boolean
          note?: string | null
          payment_id: string
          read_at?: string | null
          reading?: number
          reason: string
          refund_id?: string | null
          requested_by?: string | null
          status?: Database["public"]["Enums"]["refund_status"]
          updated_at?: string
        }
        Update: {
          amount_minor?: number
          approved_at?: string | null
          approved_by?: string | null
          created_at?: string
          currency?: string
          due_at?: string | null
          failure_reason?: string | null
          id?: string
          idempotency_id?: string | null
          needs_approval?: boolean
          note?: string | null
          payment_id?: string
          read_at?: string | null
          reading?: number
          reason?: string
          refund_id?: string | null
          requested_by?: string | null
          status?: Database["public"]["Enums"]["refund_status"]
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "refunds_payment_id_fkey"
            columns: ["payment_id"]
            referencedRelation: "payments"
            referencedColumns: ["id"]
          },
        ]
      }
      user_roles: {
        Row: {
          granted_at: string
          granted_by: string | null
          role: Database["public"]["Enums"]["app_role"]
          user_id: string
        }
        Insert: {
          granted_at?: string
          granted_by?: string | null
          role: Database["public"]["Enums"]["app_role"]
          user_id: string
        }
        Update: {
          granted_at?: string
          granted_by?: string | null
          role?: Database["public"]["Enums"]["app_role"]
          user_id?: string
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      add_payment: {
        Args: {
          p_fence: number
          p_ip_hash?: string
          p_lease: string
          p_pledge: string
          p_traceparent: string
        }
        Returns: Json
      }
      admin_activity: {
        Args: { p_actor: string; p_after: Json; p_limit: number }
        Returns: Json
      }
      admin_blocks: {
        Args: { p_actor: string; p_after: Json; p_limit: number }
        Returns: Json
      }
      admin_campaigns: {
        Args: { p_actor: string; p_after: Json; p_limit: number }
        Returns: Json
      }
      admin_cancellation: {
        Args: { p_actor: string; p_campaign: string }
        Returns: Json
      }
      admin_card_blocks: {
        Args: { p_actor: string; p_pledge: string }
        Returns: Json
      }
      admin_discrepancies: {
        Args: {
          p_actor: string
          p_after: Json
          p_limit: number
          p_state: string
        }
        Returns: Json
      }
      admin_dispute: {
        Args: { p_actor: string; p_dispute: string }
        Returns: Json
      }
      admin_disputes: {
        Args: {
          p_actor: string
          p_after: Json
          p_limit: number
          p_state: string
        }
        Returns: Json
      }
      admin_failed_refund: {
        Args: { p_actor: string; p_pledge: string }
        Returns: Json
      }
      admin_overview: {
        Args: { p_actor: string; p_from: string }
        Returns: Json
      }
      admin_pledge_story: {
        Args: { p_actor: string; p_pledge: string }
        Returns: Json
      }
      admin_pledges: {
        Args: {
          p_actor: string
          p_after: Json
          p_filter: Json
          p_limit: number
        }
        Returns: Json
      }
      admin_reconciliations: {
        Args: { p_actor: string; p_after: Json; p_limit: number }
        Returns: Json
      }
      admin_refund_desk: {
        Args: { p_actor: string; p_pledge: string }
        Returns: Json
      }
      advance_idempotency: {
        Args: {
          p_fence: number
          p_id: string
          p_lease_seconds: number
          p_progress: Json
          p_recovery_point: string
        }
        Returns: undefined
      }
      advance_onboarding: { Args: { p_step: string }; Returns: undefined }
      ai_overview: {
        Args: { p_days: number; p_operator: string }
        Returns: Json
      }
      analysis_mail_recipients: { Args: { p_analysis: string }; Returns: Json }
      answer_dispute: {
        Args: {
          p_actor: string
          p_decision: string
          p_dispute: string
          p_evidence: Json
        }
        Returns: Json
      }
      appeal_response: {
        Args: { p_response: string; p_user: string; p_words: string }
        Returns: Json
      }
      apply_and_settle: {
        Args: { p_answer: Json; p_fact: Json; p_fence: number; p_lease: string }
        Returns: Json
      }
      apply_payment_event: { Args: { p_fact: Json }; Returns: Json }
      ask_own_code: {
        Args: { p_analysis: string; p_traceparent: string; p_users: string[] }
        Returns: number
      }
      ask_refund: {
        Args: {
          p_actor: string
          p_amount_minor: number
          p_fence: number
          p_four_eyes_above: number
          p_lease: string
          p_note: string
          p_payment: string
          p_reason: string
        }
        Returns: Json
      }
      ask_vulnerabilities: {
        Args: { p_analysis: string; p_traceparent: string; p_user: string }
        Returns: string
      }
      begin_confirm: {
        Args: { p_intent: string; p_payment: string }
        Returns: Json
      }
      begin_pledge: {
        Args: {
          p_about?: Json
          p_below?: Json
          p_fence: number
          p_lease: string
          p_lease_seconds: number
          p_pledge: Json
          p_progress: Json
          p_traceparent: string
        }
        Returns: Json
      }
      begin_provider_call: {
        Args: { p_operation: string; p_subject: string }
        Returns: Json
      }
      begin_reading: { Args: Record<PropertyKey, never>; Returns: number }
      block_caller: {
        Args: {
          p_expires_at: string
          p_kind: string
          p_reason: string
          p_subject: string
        }
        Returns: string
      }
      block_card: {
        Args: {
          p_actor: string
          p_expires_at: string
          p_payment: string
          p_reason: string
        }
        Returns: string
      }
      book_provider_fees: { Args: { p_fees: Json }; Returns: number }
      bump_provider_call: {
        Args: { p_n: number; p_operation: string; p_subject: string }
        Returns: Json
      }
      campaign_checked: { Args: { p_campaign: string }; Returns: Json }
      campaign_view: {
        Args: {
          p_campaign: Database["public"]["Tables"]["campaigns"]["Row"]
          p_totals: Database["public"]["Tables"]["campaign_totals"]["Row"]
        }
        Returns: Json
      }
      cancel_analysis: { Args: { p_analysis: string }; Returns: string }
      cancel_pledge: {
        Args: {
          p_actor: string
          p_pledge: string
          p_reason: string
          p_traceparent: string
        }
        Returns: Json
      }
      check_invariants: { Args: { p_drained: boolean }; Returns: Json }
      check_learning_session: { Args: { p_session: string }; Returns: Json }
      check_money: { Args: Record<PropertyKey, never>; Returns: Json }
      check_pledge: {
        Args: {
          p_amount_minor: number
          p_campaign: string
          p_cover_fees: boolean
          p_currency: string
        }
        Returns: Json
      }
      checkpoint_learning_session: {
        Args: {
          p_pending: Json
          p_progress: Json
          p_session: string
          p_user: string
          p_version: number
        }
        Returns: Json
      }
      claim_dispute_answers: {
        Args: { p_lease_seconds: number; p_limit: number }
        Returns: Json
      }
      claim_due_refunds: {
        Args: { p_lease_seconds: number; p_limit: number }
        Returns: Json
      }
      claim_giving_mail: {
        Args: {
          p_campaign: string
          p_fact: string
          p_kind: string
          p_pledge: string
          p_recipient: string
        }
        Returns: Json
      }
      claim_guest_gifts: { Args: { p_user: string }; Returns: Json }
      claim_idempotency: {
        Args: {
          p_caller: string
          p_fingerprint: string
          p_key: string
          p_lease_seconds: number
          p_route: string
        }
        Returns: Json
      }
      claim_outbox: {
        Args: { p_lease_seconds?: number; p_limit?: number }
        Returns: {
          attempts: number
          created_at: string
          data: Json
          id: string
          lane: string
          name: string
          traceparent: string
        }[]
      }
      claim_payment_checks: {
        Args: { p_lease_seconds: number; p_limit: number }
        Returns: Json
      }
      claim_pledge: {
        Args: {
          p_amount_minor: number
          p_caller: string
          p_campaign: string
          p_cover_fees: boolean
          p_currency: string
          p_fingerprint: string
          p_key: string
          p_lease_seconds: number
          p_route: string
        }
        Returns: Json
      }
      claim_webhook_events: {
        Args: { p_lease_seconds: number; p_limit: number }
        Returns: Json
      }
      complete_analysis: {
        Args: { p_analysis: string; p_commit: string; p_result: Json }
        Returns: boolean
      }
      complete_vulnerabilities: {
        Args: { p_analysis: string; p_found: Json }
        Returns: undefined
      }
      correct_pattern: {
        Args: {
          p_correction: string
          p_note: string
          p_pattern: string
          p_user: string
        }
        Returns: Json
      }
      create_campaign: {
        Args: { p_actor: string; p_campaign: Json; p_traceparent: string }
        Returns: Json
      }
      decide_discrepancy: {
        Args: {
          p_actor: string
          p_decision: string
          p_discrepancy: string
          p_note: string
        }
        Returns: Json
      }
      decide_refund: {
        Args: { p_actor: string; p_approved: boolean; p_refund: string }
        Returns: Json
      }
      delete_github_token: { Args: { p_user: string }; Returns: boolean }
      delete_my_account: {
        Args: Record<PropertyKey, never>
        Returns: undefined
      }
      end_learning_session: {
        Args: {
          p_completed: boolean
          p_session: string
          p_summary: Json
          p_traceparent: string
          p_user: string
        }
        Returns: Json
      }
      end_reused_token_family: {
        Args: { p_refresh_token: string }
        Returns: string
      }
      enrol_in_track: {
        Args: { p_track: string; p_user: string }
        Returns: Json
      }
      expire_learning_sessions: { Args: { p_limit: number }; Returns: number }
      export_my_data: { Args: Record<PropertyKey, never>; Returns: Json }
      fail_analysis: {
        Args: {
          p_analysis: string
          p_attempts: number
          p_cause: string
          p_code: string
          p_dead_letter: boolean
          p_message: string
        }
        Returns: boolean
      }
      fail_own_code: {
        Args: {
          p_attempts: number
          p_cause: string
          p_message: string
          p_run: string
        }
        Returns: undefined
      }
      fail_refund: {
        Args: { p_reason: string; p_refund: string }
        Returns: Json
      }
      fail_stale_analyses: { Args: Record<PropertyKey, never>; Returns: number }
      fail_vulnerabilities: {
        Args: {
          p_analysis: string
          p_attempts: number
          p_cause: string
          p_message: string
        }
        Returns: undefined
      }
      find_payment: {
        Args: { p_charge: string; p_intent: string; p_payment: string }
        Returns: Json
      }
      finish_own_code: {
        Args: { p_because: string; p_run: string }
        Returns: Json
      }
      finish_reconciliation: {
        Args: { p_error: string; p_run: string }
        Returns: Json
      }
      forget_analysis_wording: {
        Args: { p_analysis: string; p_user: string }
        Returns: undefined
      }
      forget_pattern: {
        Args: { p_pattern: string; p_user: string }
        Returns: boolean
      }
      gift_in_total: { Args: { p_pledge: string }; Returns: Json }
      give_learning_hint: {
        Args: {
          p_activity: string
          p_most: number
          p_seen: number
          p_session: string
          p_user: string
        }
        Returns: Json
      }
      give_own_code_consent: {
        Args: { p_traceparent: string; p_user: string; p_wording: number }
        Returns: number
      }
      hold_payment: {
        Args: { p_payment: string; p_reasons: Json }
        Returns: Json
      }
      intend_cancel: {
        Args: { p_payment: string; p_reason: string }
        Returns: Json
      }
      issue_email_verification: {
        Args: { p_token_hash: string; p_user_id: string }
        Returns: Json
      }
      issue_password_reset: {
        Args: { p_email: string; p_token_hash: string }
        Returns: Json
      }
      keep_analysis_wording: {
        Args: {
          p_analysis: string
          p_items: Json
          p_model: string
          p_provider: string
          p_user: string
        }
        Returns: undefined
      }
      keep_own_code_functions: {
        Args: { p_found: number; p_functions: Json; p_run: string }
        Returns: number
      }
      keep_own_code_items: {
        Args: {
          p_items: Json
          p_positions: number[]
          p_refused: number
          p_run: string
          p_used: number
        }
        Returns: number
      }
      keep_own_code_question: {
        Args: {
          p_exercise: Json
          p_id: string
          p_session: string
          p_user: string
        }
        Returns: undefined
      }
      known_structures: {
        Args: { p_fingerprints: string[]; p_user: string }
        Returns: Json
      }
      leave_track: {
        Args: { p_track: string; p_user: string }
        Returns: boolean
      }
      lift_block: { Args: { p_id: string }; Returns: boolean }
      list_analysis_file_languages: {
        Args: { p_analysis: string }
        Returns: Json
      }
      list_analysis_files: {
        Args: {
          p_after: number
          p_analysis: string
          p_counted: boolean
          p_language: string
          p_limit: number
        }
        Returns: Json
      }
      list_blocks: { Args: Record<PropertyKey, never>; Returns: Json }
      list_campaigns: {
        Args: {
          p_after?: Json
          p_limit?: number
          p_query?: string
          p_status?: string
        }
        Returns: Json
      }
      list_flags: { Args: Record<PropertyKey, never>; Returns: Json }
      list_gifts_to_end: {
        Args: { p_campaign: string; p_limit: number }
        Returns: Json
      }
      list_my_gifts: {
        Args: { p_after: Json; p_filter: Json; p_limit: number; p_user: string }
        Returns: Json
      }
      list_own_code_choices: {
        Args: { p_concepts: string[]; p_user: string }
        Returns: Json
      }
      list_owner_digests: {
        Args: { p_from: string; p_to: string }
        Returns: Json
      }
      list_responses_for_review: {
        Args: {
          p_after_at: string
          p_after_id: string
          p_limit: number
          p_reviewer: string
        }
        Returns: Json
      }
      list_unprojected: {
        Args: { p_limit: number; p_older_seconds: number }
        Returns: Json
      }
      list_unseen_objects: {
        Args: { p_after: string; p_limit: number; p_run: string }
        Returns: Json
      }
      look_up_idempotency: {
        Args: {
          p_caller: string
          p_fingerprint: string
          p_key: string
          p_route: string
        }
        Returns: Json
      }
      make_pledge: {
        Args: {
          p_fence: number
          p_lease: string
          p_pledge: Json
          p_traceparent: string
        }
        Returns: Json
      }
      mark_notifications_read: {
        Args: { p_ids?: string[]; p_up_to?: number }
        Returns: number
      }
      mark_payment_unknown: {
        Args: { p_cause: string; p_operation: string; p_payment: string }
        Returns: Json
      }
      mark_payment_waiting: {
        Args: { p_for: string; p_payment: string }
        Returns: Json
      }
      match_learner_patterns: {
        Args: { p_except?: string; p_fingerprints: string[]; p_user: string }
        Returns: Json
      }
      my_access: { Args: Record<PropertyKey, never>; Returns: Json }
      my_github_connection: { Args: Record<PropertyKey, never>; Returns: Json }
      next_own_code_functions: {
        Args: { p_limit: number; p_run: string }
        Returns: Json
      }
      note_waiting_response: {
        Args: { p_response: string; p_validation: Json }
        Returns: undefined
      }
      operations_snapshot: { Args: Record<PropertyKey, never>; Returns: Json }
      outbox_backlog: {
        Args: Record<PropertyKey, never>
        Returns: {
          dead: number
          oldest_seconds: number
          pending: number
        }[]
      }
      page_learner_patterns: {
        Args: { p_after: Json; p_filter: Json; p_limit: number; p_user: string }
        Returns: Json
      }
      project_payment: { Args: { p_payment: string }; Returns: Json }
      project_totals: { Args: { p_event_ids: string[] }; Returns: Json }
      prune_outbox: { Args: { p_limit?: number }; Returns: number }
      publish_cache_invalidation: {
        Args: { p_invalidation: Json }
        Returns: string
      }
      publish_message: {
        Args: {
          p_data: Json
          p_private: boolean
          p_topic: string
          p_type: string
          p_version: number
        }
        Returns: undefined
      }
      publish_to_administration: {
        Args: {
          p_campaign: string
          p_data: Json
          p_type: string
          p_version: number
        }
        Returns: undefined
      }
      purge_ai_calls: { Args: Record<PropertyKey, never>; Returns: number }
      read_account_link: {
        Args: { p_purpose: string; p_token_hash: string }
        Returns: Json
      }
      read_analysis_badge: {
        Args: { p_host: string; p_name: string; p_owner: string }
        Returns: Json
      }
      read_analysis_job: { Args: { p_analysis: string }; Returns: Json }
      read_analysis_patterns: { Args: { p_analysis: string }; Returns: Json }
      read_analysis_phases: { Args: { p_analysis: string }; Returns: Json }
      read_analysis_share: {
        Args: { p_analysis: string; p_user: string }
        Returns: Json
      }
      read_answer: { Args: { p_response: string }; Returns: Json }
      read_answering_turn: {
        Args: {
          p_concepts: string[]
          p_items: string[]
          p_response: string
          p_session: string
          p_user: string
        }
        Returns: Json
      }
      read_attempts: { Args: { p_user: string; p_with: string }; Returns: Json }
      read_blocks: { Args: Record<PropertyKey, never>; Returns: Json }
      read_campaign: { Args: { p_id_or_slug: string }; Returns: Json }
      read_dispute_news: { Args: { p_dispute: string }; Returns: Json }
      read_failed_refund: { Args: { p_refund: string }; Returns: Json }
      read_flags: { Args: Record<PropertyKey, never>; Returns: Json }
      read_github_token: { Args: { p_user: string }; Returns: Json }
      read_giving_mail: {
        Args: { p_actor: string; p_id: string }
        Returns: Json
      }
      read_item_shifts: { Args: { p_items: string[] }; Returns: Json }
      read_learner_model: { Args: { p_user: string }; Returns: Json }
      read_learner_patterns: { Args: { p_user: string }; Returns: Json }
      read_learning_turn: {
        Args: { p_response: string; p_session: string; p_user: string }
        Returns: Json
      }
      read_mail_facts: { Args: { p_payment: string }; Returns: Json }
      read_model_uses: { Args: { p_user: string }; Returns: Json }
      read_own_code_activity: {
        Args: { p_id: string; p_user: string }
        Returns: Json
      }
      read_own_code_run: { Args: { p_run: string }; Returns: Json }
      read_pledge: { Args: { p_pledge: string }; Returns: Json }
      read_reconciled_money_back: {
        Args: { p_disputes: string[]; p_refunds: string[] }
        Returns: Json
      }
      read_reconciled_payments: {
        Args: { p_charges: string[]; p_intents: string[]; p_payments: string[] }
        Returns: Json
      }
      read_reconciliation: { Args: { p_run: string }; Returns: Json }
      read_refund_news: { Args: { p_refund: string }; Returns: Json }
      read_response_for_grading: { Args: { p_response: string }; Returns: Json }
      read_response_for_review: {
        Args: { p_response: string; p_reviewer: string }
        Returns: Json
      }
      read_risk: { Args: { p_about: Json }; Returns: Json }
      read_shared_analysis: { Args: { p_token_hash: string }; Returns: Json }
      read_state: { Args: { p_key: string; p_scope: string }; Returns: Json }
      read_vulnerability_job: { Args: { p_analysis: string }; Returns: Json }
      read_waiting_items: { Args: { p_user: string }; Returns: Json }
      recall_ai_answer: {
        Args: { p_hash: string; p_task: string; p_user: string }
        Returns: Json
      }
      recent_donations: {
        Args: { p_campaign: string; p_limit?: number }
        Returns: Json
      }
      record_analysis_files: {
        Args: { p_analysis: string; p_files: Json; p_from: number }
        Returns: boolean
      }
      record_analysis_packages: {
        Args: { p_analysis: string; p_lockfiles: Json }
        Returns: boolean
      }
      record_analysis_phase: {
        Args: {
          p_analysis: string
          p_data: Json
          p_phase: string
          p_progress: number
          p_summary: Json
        }
        Returns: boolean
      }
      record_analysis_progress: {
        Args: {
          p_analysis: string
          p_found: Json
          p_phase: string
          p_progress: number
        }
        Returns: boolean
      }
      record_analysis_scan: {
        Args: { p_analysis: string; p_scan: Json }
        Returns: boolean
      }
      record_analytics: { Args: { p_events: Json }; Returns: number }
      record_attempt: { Args: { p_attempt: Json }; Returns: Json }
      record_deployment: {
        Args: { p_build: string; p_region: string }
        Returns: undefined
      }
      record_dispute: { Args: { p_fact: Json }; Returns: Json }
      record_intent: {
        Args: { p_intent: string; p_payment: string }
        Returns: Json
      }
      record_last_learning_response: {
        Args: {
          p_changes: Json
          p_model: Json
          p_progress: Json
          p_response: Json
          p_session: string
          p_shift: number
          p_summary: Json
          p_traceparent: string
          p_user: string
          p_version: number
        }
        Returns: Json
      }
      record_learning_response: {
        Args: {
          p_changes: Json
          p_model: Json
          p_pending: Json
          p_progress: Json
          p_response: Json
          p_session: string
          p_shift: number
          p_traceparent: string
          p_user: string
          p_version: number
        }
        Returns: Json
      }
      record_outage_opened: {
        Args: { p_cause: string; p_opened_at: string; p_service: string }
        Returns: boolean
      }
      record_outage_recovered: {
        Args: {
          p_recovered_at: string
          p_service: string
          p_unconfirmed_seconds?: number
        }
        Returns: boolean
      }
      record_reconciliation_page: {
        Args: {
          p_last_id: string
          p_page: Json
          p_run: string
          p_stage: string
        }
        Returns: Json
      }
      record_refund: { Args: { p_fact: Json }; Returns: Json }
      refine_analysis_estimate: {
        Args: { p_analysis: string; p_files: number }
        Returns: undefined
      }
      remember_patterns: {
        Args: {
          p_commit: string
          p_patterns: Json
          p_repo_url: string
          p_source: Database["public"]["Enums"]["pattern_sighting_source"]
          p_source_id: string
          p_user: string
        }
        Returns: number
      }
      request_refund: {
        Args: {
          p_actor: string
          p_amount_minor: number
          p_four_eyes_above: number
          p_note: string
          p_payment: string
          p_reason: string
        }
        Returns: Json
      }
      reserve_ai_call: {
        Args: {
          p_budget_micro: number
          p_hash: string
          p_model: string
          p_provider: string
          p_reserve_micro: number
          p_task: string
          p_user: string
          p_user_budget_micro: number
        }
        Returns: Json
      }
      reset_password: {
        Args: { p_password: string; p_token_hash: string }
        Returns: Json
      }
      restore_finding: {
        Args: { p_analysis: string; p_finding: string; p_user: string }
        Returns: boolean
      }
      review_payment: {
        Args: {
          p_actor: string
          p_decision: string
          p_note: string
          p_payment: string
        }
        Returns: Json
      }
      revoke_analysis_share: {
        Args: { p_analysis: string; p_user: string }
        Returns: boolean
      }
      save_dispute_draft: {
        Args: {
          p_actor: string
          p_dispute: string
          p_evidence: Json
          p_version: number
        }
        Returns: Json
      }
      set_flag: {
        Args: {
          p_killed: boolean
          p_name: string
          p_percentage: number
          p_reason: string
          p_roles: Database["public"]["Enums"]["app_role"][]
          p_user_ids: string[]
          p_value: Json
          p_version: number
        }
        Returns: Json
      }
      set_owner_updates: {
        Args: {
          p_updates: Database["public"]["Enums"]["owner_updates"]
          p_user: string
        }
        Returns: undefined
      }
      set_role: {
        Args: {
          p_granted: boolean
          p_role: Database["public"]["Enums"]["app_role"]
          p_user_id: string
        }
        Returns: undefined
      }
      settle_ai_call: {
        Args: {
          p_answer: Json
          p_cost_micro: number
          p_id: string
          p_input_tokens: number
          p_note: string
          p_output_tokens: number
          p_status: Database["public"]["Enums"]["ai_call_status"]
        }
        Returns: boolean
      }
      settle_dispute_answer: {
        Args: { p_answer: string; p_failure: string }
        Returns: undefined
      }
      settle_failed_refund: {
        Args: { p_actor: string; p_note: string; p_refund: string }
        Returns: undefined
      }
      settle_giving_mail: {
        Args: { p_id: string; p_number: number }
        Returns: undefined
      }
      settle_graded_response: {
        Args: {
          p_changes: Json
          p_grader: string
          p_model: Json
          p_passed: boolean
          p_response: string
          p_settlement: string
          p_validation: Json
        }
        Returns: Json
      }
      settle_idempotency: {
        Args: { p_answer?: Json; p_fence: number; p_id: string }
        Returns: string
      }
      settle_outbox: {
        Args: { p_outcomes: Json }
        Returns: {
          dead: number
          published: number
          retried: number
        }[]
      }
      settle_response: {
        Args: {
          p_changes: Json
          p_model: Json
          p_overturned: boolean
          p_response: string
          p_reviewer: string
          p_settlement: string
          p_validation: Json
        }
        Returns: Json
      }
      settle_webhook_event: {
        Args: {
          p_error: string
          p_id: string
          p_outcome: string
          p_state: string
        }
        Returns: Json
      }
      share_analysis: {
        Args: {
          p_analysis: string
          p_confirm_private: boolean
          p_token_hash: string
          p_user: string
        }
        Returns: Json
      }
      start_analysis: {
        Args: {
          p_commit: string
          p_engine: number
          p_fresh: boolean
          p_host: string
          p_name: string
          p_owner: string
          p_private: boolean
          p_ref: string
          p_repo_url: string
          p_traceparent: string
          p_user: string
        }
        Returns: Json
      }
      start_learning_session: {
        Args: {
          p_lesson: string
          p_pending: Json
          p_progress: Json
          p_topic: string
          p_traceparent: string
          p_track: string
          p_user: string
        }
        Returns: Json
      }
      start_reconciliation: {
        Args: { p_actor: string; p_cause: string; p_from: string }
        Returns: Json
      }
      store_github_token: {
        Args: {
          p_ciphertext: string
          p_login: string
          p_scopes: string[]
          p_user: string
        }
        Returns: undefined
      }
      store_webhook_event: {
        Args: {
          p_api_version: string
          p_created: string
          p_id: string
          p_livemode: boolean
          p_object_id: string
          p_payload: Json
          p_type: string
        }
        Returns: Json
      }
      strip_idempotency: { Args: { p_limit?: number }; Returns: number }
      suppress_finding: {
        Args: {
          p_analysis: string
          p_finding: string
          p_reason: string
          p_user: string
        }
        Returns: Json
      }
      take_learning_answer: {
        Args: {
          p_changes: Json
          p_model: Json
          p_pending: Json
          p_progress: Json
          p_question: Json
          p_response: Json
          p_session: string
          p_shift: number
          p_summary: Json
          p_traceparent: string
          p_user: string
          p_version: number
        }
        Returns: Json
      }
      take_rate_limit: {
        Args: {
          p_limit: number
          p_policy: string
          p_subject: string
          p_window_seconds: number
        }
        Returns: Json
      }
      touch_learning_session: {
        Args: { p_session: string; p_user: string }
        Returns: undefined
      }
      update_campaign: {
        Args: {
          p_actor: string
          p_campaign: string
          p_changes: Json
          p_traceparent: string
          p_version: number
        }
        Returns: Json
      }
      verify_email: { Args: { p_token_hash: string }; Returns: Json }
      withdraw_own_code_consent: { Args: { p_user: string }; Returns: boolean }
      write_state: {
        Args: {
          p_announced: boolean
          p_expected: number
          p_key: string
          p_scope: string
          p_value: Json
          p_write: string
        }
        Returns: Json
      }
    }
    Enums: {
      ai_call_status:
        | "reserved"
        | "answered"
        | "refused"
        | "failed"
        | "unknown"
        | "cached"
        | "over_budget"
      analysis_status:
        | "queued"
        | "running"
        | "completed"
        | "failed"
        | "canceled"
      app_role: "member" | "campaign_admin" | "operator"
      campaign_status: "draft" | "active" | "paused" | "completed" | "cancelled"
      dispute_status:
        | "warning_needs_response"
        | "warning_under_review"
        | "warning_closed"
        | "needs_response"
        | "under_review"
        | "won"
        | "lost"
        | "prevented"
      learning_session_status: "active" | "completed" | "left" | "expired"
      mastery_status: "practising" | "mastered" | "lapsed"
      owner_updates: "digest" | "each" | "none"
      pattern_sighting_source: "repository" | "exercise"
      payment_state:
        | "pending"
        | "authorized"
        | "captured"
        | "completed"
        | "failed"
        | "canceled"
      pledge_status:
        | "pending"
        | "captured"
        | "completed"
        | "failed"
        | "canceled"
      refund_status:
        | "pending"
        | "requires_action"
        | "succeeded"
        | "failed"
        | "canceled"
      review_status: "held" | "released" | "refused"
      verdict_standing:
        | "final"
        | "needs_review"
        | "appealed"
        | "upheld"
        | "overturned"
      vulnerability_lookup_status: "asked" | "done" | "failed"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      ai_call_status: [
        "reserved",
        "answered",
        "refused",
        "failed",
        "unknown",
        "cached",
        "over_budget",
      ],
      analysis_status: ["queued", "running", "completed", "failed", "canceled"],
      app_role: ["member", "campaign_admin", "operator"],
      campaign_status: ["draft", "active", "paused", "completed", "cancelled"],
      dispute_status: [
        "warning_needs_response",
        "warning_under_review",
        "warning_closed",
        "needs_response",
        "under_review",
        "won",
        "lost",
        "prevented",
      ],
      learning_session_status: ["active", "completed", "left", "expired"],
      mastery_status: ["practising", "mastered", "lapsed"],
      owner_updates: ["digest", "each", "none"],
      pattern_sighting_source: ["repository", "exercise"],
      payment_state: [
        "pending",
        "authorized",
        "captured",
        "completed",
        "failed",
        "canceled",
      ],
      pledge_status: ["pending", "captured", "completed", "failed", "canceled"],
      refund_status: [
        "pending",
        "requires_action",
        "succeeded",
        "failed",
        "canceled",
      ],
      review_status: ["held", "released", "refused"],
      verdict_standing: [
        "final",
        "needs_review",
        "appealed",
        "upheld",
        "overturned",
      ],
      vulnerability_lookup_status: ["asked", "done", "failed"],
    },
  },
} as const
