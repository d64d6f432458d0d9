"""Nothing is major, and nothing de-listed, without its signatures; a signature is never changed (MH-4, MH-6)."""

from django.db import migrations

MAKE = """
CREATE FUNCTION major_hazards_check_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unsigned int; members_for int; members int; experts_for int; experts int;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.outcome <> 'open' THEN
        RAISE EXCEPTION 'a decision that has ended is not changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_ended';
    END IF;
    IF NEW.outcome <> 'agreed' THEN
        RETURN NEW;
    END IF;
    SELECT count(*) FILTER (WHERE agrees IS NULL),
           count(*) FILTER (WHERE panel = 'member' AND agrees), count(*) FILTER (WHERE panel = 'member'),
           count(*) FILTER (WHERE panel = 'expert' AND agrees), count(*) FILTER (WHERE panel = 'expert')
      INTO unsigned, members_for, members, experts_for, experts
      FROM major_hazards_seat WHERE decision_id = NEW.id;
    IF unsigned > 0 OR members_for < NEW.members_needed OR members_for * 2 <= members
       OR (NEW.is_complex AND (experts < NEW.experts_needed
                               OR experts_for * NEW.experts_of < experts * NEW.experts_agree)) THEN
        RAISE EXCEPTION 'a decision is agreed only with its signatures'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_signed BEFORE INSERT OR UPDATE ON major_hazards_decision
    FOR EACH ROW EXECUTE FUNCTION major_hazards_check_decision();

CREATE FUNCTION major_hazards_keep_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE outcome_now text;
BEGIN
    SELECT outcome INTO outcome_now FROM major_hazards_decision
     WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.decision_id ELSE OLD.decision_id END;
    IF outcome_now <> 'open' OR (TG_OP <> 'INSERT' AND OLD.signed_at IS NOT NULL)
       OR (TG_OP = 'UPDATE' AND (NEW.user_id, NEW.decision_id, NEW.panel)
                                IS DISTINCT FROM (OLD.user_id, OLD.decision_id, OLD.panel)) THEN
        RAISE EXCEPTION 'a signature is never changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'seat_signed_once';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER seat_signed_once BEFORE INSERT OR UPDATE OR DELETE ON major_hazards_seat
    FOR EACH ROW EXECUTE FUNCTION major_hazards_keep_signature();

CREATE FUNCTION major_hazards_check_hazard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM major_hazards_decision
                    WHERE hazard_id = NEW.id AND kind = 'major' AND outcome = 'agreed') THEN
        RAISE EXCEPTION 'nothing is major without an agreed decision'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'major_hazard_decided';
    END IF;
    IF NEW.delisted_at IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM major_hazards_decision
            WHERE hazard_id = NEW.id AND kind = 'delist' AND outcome = 'agreed') THEN
        RAISE EXCEPTION 'nothing is de-listed without an agreed decision'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'major_hazard_delist_decided';
    END IF;
    IF NEW.delisted_at IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM major_hazards_reinspection r
            WHERE r.hazard_id = NEW.id AND r.has_passed AND r.inspected_by_id NOT IN (
                  SELECT told_by_id FROM major_hazards_progress WHERE hazard_id = NEW.id)) THEN
        RAISE EXCEPTION 'nothing is de-listed before somebody else has looked'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'major_hazard_reinspected';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER major_hazard_decided AFTER INSERT OR UPDATE ON major_hazards_majorhazard
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION major_hazards_check_hazard();
"""
DROP = """
DROP TRIGGER major_hazard_decided ON major_hazards_majorhazard;
DROP TRIGGER seat_signed_once ON major_hazards_seat;
DROP TRIGGER decision_signed ON major_hazards_decision;
DROP FUNCTION major_hazards_check_hazard();
DROP FUNCTION major_hazards_keep_signature();
DROP FUNCTION major_hazards_check_decision();
"""


class Migration(migrations.Migration):
    dependencies = [("major_hazards", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, DROP)]
